import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

/** JSON that only the holder of a secret can read: AES-256-GCM over its text. */
export interface Envelope {
  /** Nonce, tag and encrypted text, in base64. */
  readonly sealed: string;
}

const algorithm = 'aes-256-gcm';
const [nonceBytes, tagBytes] = [12, 16];

/** A new secret: 32 random bytes, in base64. */
export function newSecret(): string {
  return randomBytes(32).toString('base64');
}

/**
 * Puts values into envelopes. What tells nothing stays as it is: null, and an empty list or object. Made once for many:
 * the key costs as much as a value.
 */
export function enclosing(secret: string): (value: unknown) => unknown {
  const key = keyOf(secret);
  return (value) => {
    if (isNothing(value)) return value;
    const nonce = newNonce();
    const cipher = createCipheriv(algorithm, key, nonce);
    const text = cipher.update(JSON.stringify(value), 'utf8');
    const sealed = Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
    return { sealed: sealed.toString('base64') } satisfies Envelope;
  };
}

/**
 * Takes values out of envelopes: null where the secret is gone, and as it is what is in none.
 * @throws Error, in what it gives, where a value was enclosed by another secret, or changed since
 */
export function taking(secret: string | null): (value: unknown) => unknown {
  const key = secret === null ? null : keyOf(secret);
  return (value) => {
    if (!isEnvelope(value)) return value;
    if (key === null) return null;
    const bytes = Buffer.from(value.sealed, 'base64');
    const nonce = bytes.subarray(0, nonceBytes);
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as unknown;
  };
}

function keyOf(secret: string): KeyObject {
  return createSecretKey(secret, 'base64');
}

/** Drawn many at a time: each draw costs as much as it takes to encrypt a value. */
let drawn = Buffer.alloc(0);
function newNonce(): Buffer {
  if (drawn.length === 0) drawn = randomBytes(nonceBytes * 256);
  const nonce = drawn.subarray(0, nonceBytes);
  drawn = drawn.subarray(nonceBytes);
  return nonce;
}

function isNothing(value: unknown): boolean {
  return value == null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** No value of a contract is an object with nothing but this member. */
function isEnvelope(value: unknown): value is Envelope {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sealed' in value &&
    typeof value.sealed === 'string' &&
    Object.keys(value).length === 1
  );
}
