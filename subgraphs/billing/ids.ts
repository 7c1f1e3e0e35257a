import { createHash, randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * An id of the billing system: what it is, and 14 base62 characters. The same seed gives the same id; without one it
 * is random.
 */
export function billingId(prefix: 'cus' | 'in' | 'sub', seed?: string): string {
  const bytes = seed === undefined ? randomBytes(14) : createHash('sha256').update(seed).digest();
  return `${prefix}_${[...bytes.subarray(0, 14)].map((byte) => alphabet[byte % alphabet.length]).join('')}`;
}
