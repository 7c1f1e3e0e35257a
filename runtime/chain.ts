import { createHash } from 'node:crypto';
import { canonical } from '../runtime/canonical.ts';
import type { Change } from './change.ts';

/** The hash of a change, in hexadecimal: over the hash of the one before and everything that is told of this one. */
export function chained(previousHash: string, change: Change): string {
  return createHash('sha256')
    .update(`${previousHash}\n${canonical(change)}`)
    .digest('hex');
}
