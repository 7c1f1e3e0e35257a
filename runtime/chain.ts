import { createHash } from 'node:crypto';
import { canonical } from './canonical.ts';

/** A place in a chain of hashes. */
export interface Link {
  /** Counts without a gap from 1; a decimal number. */
  readonly position: string;
  readonly hash: string;
}

/** Where a chain is not what it was, and how that shows. */
export interface Break {
  readonly position: bigint;
  readonly kind: 'MISSING' | 'ALTERED';
}

/** The hash of what is told, in hexadecimal: over the hash of what was told before and everything that is told now. */
export function chained(previousHash: string, told: object): string {
  return createHash('sha256')
    .update(`${previousHash}\n${canonical(told)}`)
    .digest('hex');
}

/**
 * Follows a chain from one place through what is stored behind it, in order. Pure.
 * @param toldIn what the hash of a row is over
 * @returns how many rows are in order, the last of them, and where the next one is not
 */
export function followed<Row extends Link>(
  from: Link,
  rows: readonly Row[],
  toldIn: (row: Row) => object,
): { readonly sound: number; readonly end: Link; readonly broken: Break | null } {
  let end = from;
  for (const [sound, row] of rows.entries()) {
    const position = BigInt(end.position) + 1n;
    if (row.position !== position.toString()) return { sound, end, broken: { position, kind: 'MISSING' } };
    if (chained(end.hash, toldIn(row)) !== row.hash)
      return { sound, end, broken: { position, kind: 'ALTERED' } };
    end = { position: row.position, hash: row.hash };
  }
  return { sound: rows.length, end, broken: null };
}
