import { progressLine } from '../../runtime/terminal/progress.ts';
import { chaosArguments, chaosHelp, type ChaosArguments, type StoreName } from './arguments.ts';
import { makeOwnPlace, makePlace } from './place.ts';
import { reportText } from './report.ts';
import { run } from './run.ts';

type Asked = Extract<ChaosArguments, { readonly help: false }>;

/** Seeds with which a mutant is given the chance to show itself. */
const chances = 3;

/** Exit code of a run that was given up. */
const interrupted = 130;
const stopped = new AbortController();

process.exit(
  await main().catch((error: unknown) => {
    if (stopped.signal.aborted) return interrupted;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);

async function main(): Promise<number> {
  const asked = chaosArguments(process.argv.slice(2));
  if ('unusable' in asked) {
    process.stderr.write(`${asked.unusable}; --help shows what there is.\n`);
    return 2;
  }
  if (asked.help) {
    process.stdout.write(chaosHelp);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped.abort();
    });
  }
  let good = true;
  for (const store of asked.stores)
    good = (await (asked.mutant === null ? sound : caught)(asked, store)) && good;
  return good ? 0 : 1;
}

/** Whether nothing was found. */
async function sound(asked: Asked, store: StoreName): Promise<boolean> {
  return (await violationsOf(asked, store)) === 0;
}

/** Whether the mutant was found out. */
async function caught(asked: Asked, store: StoreName): Promise<boolean> {
  for (let chance = 0; chance < chances; chance++) {
    const found = await violationsOf({ ...asked, seed: asked.seed + chance }, store);
    if (found > 0) {
      process.stdout.write(`The engine without ${asked.mutant?.replace('no-', '')} was found out.\n`);
      return true;
    }
  }
  process.stdout.write(`The engine without ${asked.mutant?.replace('no-', '')} was NOT found out.\n`);
  return false;
}

/** Runs once, and tells what came of it. */
async function violationsOf(
  { writes, kills, restarts, seed, mutant, ...asked }: Asked,
  store: StoreName,
): Promise<number> {
  const place = restarts > 0 ? await makeOwnPlace() : await makePlace(store);
  if (!place)
    throw new Error(
      restarts > 0 ? 'PostgreSQL is not installed here' : 'no PostgreSQL server: set TEST_DATABASE_URL',
    );
  // Where the billing system knows what it was sent before, it makes up for a look that is left out.
  const keyless = asked.keyless || mutant === 'no-look';
  const without = mutant === null ? '' : `, ${mutant}`;
  process.stdout.write(
    `${store}, ${place.workers} worker${place.workers > 1 ? 's' : ''}, seed ${seed}: ${writes} writes, ${kills} kills${restarts > 0 ? `, ${restarts} restarts of the database` : ''}${keyless ? ', no idempotency keys' : ''}${without}\n`,
  );
  const line = progressLine(process.stderr, { total: writes, noun: 'writes answered' });
  try {
    const outcome = await run({
      ...{ writes, kills, seed, mutant, keyless, store: place.store, workers: place.workers },
      ...(place.restart ? { restarts, restart: place.restart } : {}),
      file: 'worker.ts',
      signal: stopped.signal,
      answered: (count) => {
        line.show(count, 0);
      },
    });
    line.end();
    process.stdout.write(`${reportText(outcome)}\n`);
    if (!outcome.claims.some(({ state }) => state === 'SUCCEEDED'))
      throw new Error('Not one write was carried out: a run like that shows nothing.');
    return outcome.violations.length;
  } finally {
    await place.remove();
  }
}
