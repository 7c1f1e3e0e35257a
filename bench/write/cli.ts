/** `npm run bench:write`: what a governed write costs, against others. See `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeTable } from '../table.ts';
import { machine } from '../read/report.ts';
import { endAll } from './child.ts';
import { contenders, stores, type Store } from './contender.ts';
import { measure, measureBulk, type Plan } from './measure.ts';
import { places } from './places.ts';
import { markdown, targets, text, type Found } from './report.ts';

const server = 'postgres://postgres@127.0.0.1:5432/postgres';
const usage = `npm run bench:write -- [options]

Measures what governed writes cost: the same saga over the same owners in memory, by Customer Graph on both of its
stores, and by DBOS and pg-boss on the same PostgreSQL; in turn, round by round, each over a database of its own that is
gone afterwards.

  --rounds N       rounds to take the median of (5)
  --seconds N      seconds per contender and kind of load in a round (3)
  --concurrency N  writes at a time (16)
  --store S,S      ${stores.join(',')}
  --only KEY,KEY,… some contenders: ${contenders.map(({ key }) => key).join(', ')}
  --database URL   the PostgreSQL server (${server})
  --latency N      milliseconds of each call to an owner (0)
  --bulk           only how interactive writes fare beside bulk updates
  --updates N      so many bulk updates (20000); 100000 is the promise
  --quick          1 round of 1 second: to see that everything works
  --write          writes the table into README.md
  --help

The result is written to bench/results/write.json. With the defaults it takes about 10 minutes; leave the machine alone.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    concurrency: { type: 'string' },
    store: { type: 'string' },
    only: { type: 'string' },
    database: { type: 'string', default: server },
    latency: { type: 'string', default: '0' },
    bulk: { type: 'boolean', default: false },
    updates: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
process.on('exit', endAll);

try {
  if (values.help) console.log(usage);
  else await compare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function compare(): Promise<void> {
  const made = places(values.database);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      endAll();
      void made.clear().finally(() => process.exit(130));
    });
  }
  try {
    const plan: Plan = {
      contenders: chosen(
        values.only,
        contenders.map(({ key }) => key),
      ).flatMap((key) => contenders.filter((one) => one.key === key)),
      stores: chosen(values.store, stores) as readonly Store[],
      places: made,
      rounds: number('rounds', values.rounds, values.quick ? 1 : 5),
      seconds: number('seconds', values.seconds, values.quick ? 1 : 3),
      concurrency: number('concurrency', values.concurrency, 16),
      latency: Number(values.latency),
      progress: (line) => console.error(line),
    };
    const updates = number('updates', values.updates, values.quick ? 1000 : 20_000);
    const measured = values.bulk ? { rows: [], untilAccepted: {} } : await measure(plan);
    if (!values.bulk) tell({ ...measured, bulk: {} });
    if (values.bulk || values.write) tell({ ...measured, bulk: await measureBulk(plan, updates) });
  } finally {
    endAll();
    await made.clear();
  }
}

function tell(found: Found): void {
  console.log(text(found));
  const results = new URL('../results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const told = { machine: machine(), ...found, targets: targets(found) };
  const name = values.bulk ? 'write-bulk.json' : 'write.json';
  writeFileSync(new URL(name, results), `${JSON.stringify(told, null, 2)}\n`);
  if (values.write && !values.bulk) writeTable('README.md', 'bench:write', markdown(found));
}

function chosen(given: string | undefined, known: readonly string[]): readonly string[] {
  const found = given?.split(',') ?? known;
  const strange = found.find((one) => !known.includes(one));
  return strange === undefined ? found : stop(`There is no "${strange}"; there are ${known.join(', ')}.`);
}

function number(name: string, value: string | undefined, initial: number): number {
  const found = Number(value ?? initial);
  return found > 0 && found <= 1_000_000
    ? found
    : stop(`--${name} must be a number above 0, 1000000 at most.`);
}

function stop(sentence: string): never {
  throw new Error(sentence);
}
