import { Failure, type FailureCode } from '../../runtime/failure.ts';

/** Who is to blame for a reading that failed: the system, this record, or one of several that were read together. */
export type Blame = 'SYSTEM' | 'RECORD' | 'ONE_OF_THEM';

const ofTheSystem: ReadonlySet<FailureCode> = new Set([
  'SYSTEM_UNAVAILABLE',
  'RATE_LIMITED',
  'DEADLINE_EXCEEDED',
  'STORE_UNAVAILABLE',
  'UNAUTHENTICATED',
  'FORBIDDEN',
]);

/** Says who is to blame. Pure. @param records how many were read together */
export function blameOf(error: unknown, records: number): Blame {
  const system = isAbort(error) || (error instanceof Failure && ofTheSystem.has(error.code));
  if (system) return 'SYSTEM';
  return records > 1 ? 'ONE_OF_THEM' : 'RECORD';
}

/** Milliseconds until a record that failed is tried again: twice as long each time, an hour at most. Pure. */
export function pauseAfter(tries: number): number {
  return Math.min(3_600_000, 1000 * 2 ** Math.min(tries - 1, 20));
}

/** Nobody waited any longer for an answer. */
function isAbort(error: unknown): boolean {
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return name === 'AbortError' || name === 'TimeoutError';
}
