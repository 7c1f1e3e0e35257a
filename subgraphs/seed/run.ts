import type { Config } from '../../runtime/config.ts';
import { duration, progressLine } from '../../runtime/terminal/progress.ts';
import { exitCodeOf, interrupted, type Terminal } from '../../runtime/terminal/terminal.ts';
import { seedArguments, seedHelp } from './arguments.ts';
import { openStore } from '../store.ts';
import { tidy } from './tidy.ts';
import { seedSynthetic } from './synthetic.ts';

/** Where a seeding is run. */
export interface SeedTerminal extends Terminal {
  readonly config: () => Config;
}

/**
 * `npm run seed`, as a function.
 * @returns the exit code: 0 done, 1 nothing could be done, 130 stopped between two batches
 */
export function runSeed(given: readonly string[], terminal: SeedTerminal): Promise<number> {
  return exitCodeOf(() => seed(given, terminal), terminal.err);
}

async function seed(given: readonly string[], { out, err, signal, config }: SeedTerminal): Promise<number> {
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
