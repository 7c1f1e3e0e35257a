import { createHash, randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const checks = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * An id of the CRM: a prefix of three that says what it is, twelve characters, and three that make the id
 * safe where case is lost. The same seed gives the same id; without one it is random.
 */
export function crmId(prefix: '001' | '003', seed?: string): string {
  const bytes =
    seed === undefined ? randomBytes(12) : createHash('sha256').update(seed).digest().subarray(0, 12);
  const id = prefix + [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
  return id + [0, 5, 10].map((start) => checkOf(id.slice(start, start + 5))).join('');
}

/** Whether the last three characters fit the first fifteen. */
export function isCrmId(id: string): boolean {
  return (
    /^[a-zA-Z0-9]{18}$/.test(id) &&
    [0, 5, 10].every((start, i) => id[15 + i] === checkOf(id.slice(start, start + 5)))
  );
}

/** One character for which of five are capital letters. */
function checkOf(five: string): string {
  const bits = Array.from(five, isCapital).reduce((sum, capital, i) => sum + (capital ? 1 << i : 0), 0);
  return checks[bits] ?? '';
}

function isCapital(char: string): boolean {
  return char >= 'A' && char <= 'Z';
}
