import type { Head } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Fault } from './fault.ts';

/** Newest checkpoints by where they are, and what was expected of them. */
export interface Coverage {
  readonly head: Head;
  readonly stored: Checkpoint | null;
  /** Undefined where no file was given. */
  readonly filed: Checkpoint | null | undefined;
  /** When the first entry after the newest checkpoint was recorded; null where there is none. */
  readonly unsignedSince: string | null;
  readonly now: number;
  /** Milliseconds that a checkpoint may be late, and that the newest may be old; null where that does not matter. */
  readonly late: number;
  readonly age: number | null;
}

/** What is wrong with how far the audit is signed; null where nothing is. Pure. */
export function uncovered({ head, stored, filed, unsignedSince, now, late, age }: Coverage): Fault | null {
  const { position } = head;
  const fault = (sentence: string): Fault => ({ position, sentence });
  if (filed !== undefined) {
    if ((filed?.number ?? 0) > (stored?.number ?? 0))
      return fault(`The store lacks checkpoint ${(stored?.number ?? 0) + 1}, which the file has.`);
    const behind = (stored?.number ?? 0) > (filed?.number ?? 0);
    if (behind && stored && now - Date.parse(stored.at) > late)
      return fault(
        `The file ends before checkpoint ${stored.number} of the store: it is an old one, or was cut off.`,
      );
  }
  const newest = filed ?? stored;
  if (unsignedSince !== null && now - Date.parse(unsignedSince) > late) {
    const first = BigInt(newest?.position ?? '0') + 1n;
    return fault(
      `Entries from ${first} on, the first of ${unsignedSince}, are not signed: checkpoints were taken away, or no server with the role audit and a key runs.`,
    );
  }
  if (age !== null && now - Date.parse(newest?.at ?? '1970-01-01T00:00:00Z') > age)
    return fault(
      `The newest checkpoint is ${newest ? `of ${newest.at}` : 'not there'}, which is older than was asked for.`,
    );
  return null;
}
