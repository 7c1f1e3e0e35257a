import { Failure } from '../failure.ts';
import type { Screen } from './progress.ts';

/** Where a command is run. */
export interface Terminal {
  readonly out: Screen;
  /** Progress and what went wrong. */
  readonly err: Screen;
  /** Aborted when the person at the terminal wants to stop. */
  readonly signal: AbortSignal;
}

/** Exit code of a process that was stopped by Ctrl-C. */
export const interrupted = 130;

/** The exit code of a command; a `Failure` is told as one sentence, and gives 1. */
export async function exitCodeOf(run: () => Promise<number>, err: Screen): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    err.write(`${error.message}\n`);
    return 1;
  }
}
