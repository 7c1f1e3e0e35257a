import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

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

/** A value in an envelope. What tells nothing stays as it is: null, and an empty list or object. */
export function enclosed(value: unknown, secret: string): unknown {
  if (isNothing(value)) return value;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(secret, 'base64'), nonce);
  const text = cipher.update(JSON.stringify(value), 'utf8');
  const sealed = Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
  return { sealed: sealed.toString('base64') } satisfies Envelope;
}

/**
 * What was put into an envelope; null where its secret is gone. What is in none is given as it is.
 * @throws Error where it was enclosed by another secret, or changed since
 */
export function taken(value: unknown, secret: string | null): unknown {
  if (!isEnvelope(value)) return value;
  if (secret === null) return null;
  const bytes = Buffer.from(value.sealed, 'base64');
  const decipher = createDecipheriv(algorithm, Buffer.from(secret, 'base64'), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  return JSON.parse(text.toString('utf8'));
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
