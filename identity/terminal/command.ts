import type { Db } from '../../runtime/db/index.ts';
import type { Terminal } from '../../runtime/terminal/terminal.ts';

/** What is done with a store; gives the exit code. */
export type Work = (db: Db, terminal: Terminal) => Promise<number>;

/** Reads the arguments of a command before any store is opened. */
export type Command = (given: readonly string[]) => Work;
