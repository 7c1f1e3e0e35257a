import type { Config } from '../../runtime/config.ts';
import { Failure } from '../../runtime/failure.ts';
import { seedArguments, seedHelp } from './arguments.ts';
import { duration, progressLine, type Screen } from './progress.ts';
import { openStore } from '../store.ts';
import { tidy } from './tidy.ts';
import { seedSynthetic } from './synthetic.ts';

/** Where a command is run. */
export interface Terminal {
  readonly out: Screen;
  /** Progress and what went wrong. */
  readonly err: Screen;
  /** Aborted when the person at the terminal wants to stop. */
  readonly signal: AbortSignal;
  readonly config: () => Config;
}

/** Exit code of a process that was stopped by Ctrl-C. */
const interrupted = 130;

/**
 * `npm run seed`, as a function.
 * @returns the exit code: 0 done, 1 nothing could be done, 130 stopped between two batches
 */
export async function runSeed(given: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await seed(given, terminal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.err.write(`${error.message}\n`);
    return 1;
  }
}

async function seed(given: readonly string[], { out, err, signal, config }: Terminal): Promise<number> {
  const asked = seedArguments(given);
  if (asked.help) {
    out.write(seedHelp);
    return 0;
  }
  const { customers, seed: number } = asked;
  const say = (line: string) => err.write(`${line}\n`);
  const store = await openStore(config(), say);
  try {
    const begun = performance.now();
    const line = progressLine(err, { total: customers, noun: 'customers' });
    const { done, found } = await seedSynthetic({
      ...store,
      customers,
      seed: number,
      signal,
      observe: (progress) => {
        line.show(progress.done, progress.found);
      },
    });
    line.end();
    const stopped = done < customers;
    if (!stopped && done > found) {
      say('Bringing the statistics of the store up to date.');
      await tidy(store);
    }
    const made = `${(done - found).toLocaleString('en')} customers made, ${found.toLocaleString('en')} were there`;
    out.write(`${made}, in ${duration((performance.now() - begun) / 1000)}.\n`);
    if (stopped) out.write('Stopped; run the same command again to go on.\n');
    return stopped ? interrupted : 0;
  } finally {
    await store.db.close();
  }
}
