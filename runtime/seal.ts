import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Failure } from './failure.ts';

/** Signs statements with an Ed25519 key. */
export interface Seal {
  /** Names the key, so that whoever checks a signature knows by which one. */
  readonly keyId: string;
  /** The signature, in base64url. */
  sign(statement: string): string;
}

/** Public keys by their names. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/**
 * The seal of a private key.
 * @param pem PKCS8 PEM of an Ed25519 key
 * @throws Failure INVALID_CONFIGURATION where it is none
 */
export function sealOf(pem: string): Seal {
  const key = privateKeyIn(pem);
  if (!key)
    throw new Failure(
      'INVALID_CONFIGURATION',
      'This is no Ed25519 private key in PKCS8 PEM; make one by "openssl genpkey -algorithm ed25519".',
    );
  return {
    keyId: keyIdOf(createPublicKey(key)),
    sign: (statement) => sign(null, Buffer.from(statement), key).toString('base64url'),
  };
}

/** A new private key, as PKCS8 PEM. */
export function newSealKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The public key of a private one, as SPKI PEM. */
export function publicKeyOf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}

/**
 * The Ed25519 keys in a text of PEM blocks; of private ones the public part.
 * @throws Failure BAD_USER_INPUT where there is none
 */
export function publicKeysIn(text: string): PublicKeys {
  const keys = (text.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? []).map(publicKeyIn);
  if (keys.length === 0 || keys.some((key) => key?.asymmetricKeyType !== 'ed25519'))
    throw new Failure('BAD_USER_INPUT', 'A public key must be an Ed25519 key in PEM.');
  return new Map(keys.flatMap((key) => (key ? [[keyIdOf(key), key] as const] : [])));
}

/** Whether a statement was signed by the key of that name; null where nobody knows that key. */
export function isSealed(
  statement: string,
  { keyId, signature }: { readonly keyId: string; readonly signature: string },
  keys: PublicKeys,
): boolean | null {
  const key = keys.get(keyId);
  return key ? verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64url')) : null;
}

/** Whether a text is a private key that seals. */
export function isSealKey(pem: string): boolean {
  return privateKeyIn(pem) !== null;
}

function privateKeyIn(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function publicKeyIn(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

/** The beginning of the hash of the public key: long enough that no two are mistaken for each other. */
function keyIdOf(key: KeyObject): string {
  const bytes = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}
