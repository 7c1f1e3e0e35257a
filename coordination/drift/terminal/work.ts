import type { Identity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { Terminal } from '../../../runtime/terminal/terminal.ts';
import type { Carried } from '../carried.ts';
import type { Look } from '../look.ts';
import type { DriftPolicy } from '../verdict.ts';

/** The store, the systems that keep copies, and who carries out writes to them. */
export interface Keeping {
  readonly db: Db;
  readonly identity: Pick<Identity, 'members' | 'search'>;
  readonly look: Look;
  /** Of the settings. */
  readonly policy: DriftPolicy;
  /** Orders what is to be repaired, and waits for it. */
  readonly carryOut: (signal: AbortSignal) => Promise<Carried>;
  close(): Promise<void>;
}

/** What is done with them; gives the exit code. */
export type Work = (keeping: Keeping, terminal: Terminal) => Promise<number>;

/** Reads the arguments of a command before any store is opened. */
export type Command = (given: readonly string[]) => Work;

export const count = (number: number): string => number.toLocaleString('en');
