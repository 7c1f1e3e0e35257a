/** `npm run bench:feed`: what telling changes costs, against others. See `--help`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeTable } from '../table.ts';
import { machine } from '../read/report.ts';
import { places } from '../write/places.ts';
import { endAll } from './asking.ts';
import { varieties, type Variety } from './changes.ts';
import { contenders } from './contender.ts';
import { measure, type Result } from './measure.ts';
import { markdown, targets, text } from './report.ts';

const server = 'postgres://postgres@127.0.0.1:5432/postgres';
const usage = `npm run bench:feed -- [options]

Measures what it costs to tell changes to many subscribers: Customer Graph on both of its stores, graphql-ws with one
execute per subscriber, mercurius and Hive Gateway tell the same of the same changes, each in a process of its own, to
WebSocket clients in another; after what they tell was found to be equal.

  --rounds N       rounds to take the median of (3)
  --seconds N      seconds of each of the two kinds of load on a contender (5)
  --subscribers N,N,…  so many subscribers (1000,5000)
  --documents D,D  ${varieties.join(',')}: the same document and variables for all, of each other
                   variables, or of each another document, too
  --only KEY,KEY,… some contenders: ${contenders.map(({ key }) => key).join(', ')}
  --database URL   the PostgreSQL server (${server})
  --profile FOLDER contenders write where they spend their time to this folder, as .cpuprofile
  --quick          1 round of 1 second, 200 and 1000 subscribers: to see that everything works
  --write          writes the table into README.md
  --help

The result is written to bench/results/feed.json. With the defaults it takes about 30 minutes; leave the machine alone.
So many subscribers need as many open files: raise a limit that is lower with "ulimit -n 8192".`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    subscribers: { type: 'string' },
    documents: { type: 'string' },
    only: { type: 'string' },
    database: { type: 'string', default: server },
    profile: { type: 'string' },
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
  const subscribers = (values.subscribers ?? (values.quick ? '200,1000' : '1000,5000'))
    .split(',')
    .map((one) => number('subscribers', one, 0));
  enoughFiles(Math.max(...subscribers));
  const keys = chosen(
    values.only,
    contenders.map(({ key }) => key),
  );
  try {
    tell(
      await measure({
        contenders: contenders.filter(({ key }) => keys.includes(key)),
        subscribers,
        varieties: chosen(values.documents, varieties) as readonly Variety[],
        places: made,
        rounds: number('rounds', values.rounds, values.quick ? 1 : 3),
        seconds: number('seconds', values.seconds, values.quick ? 1 : 5),
        progress: (line) => console.error(line),
        ...(values.profile ? { node: ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] } : {}),
      }),
    );
  } finally {
    endAll();
    await made.clear();
  }
}

/** Node.js raises the limit of open files as far as it may by itself. */
function enoughFiles(subscribers: number): void {
  const limits = process.platform === 'linux' ? readFileSync('/proc/self/limits', 'utf8') : '';
  const [, most] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  const needed = subscribers + 200;
  if (most !== undefined && Number(most) < needed)
    stop(
      `${subscribers} subscribers need ${needed} open files, and this process may have ${most}: raise the limit with "ulimit -n ${needed}", or give fewer --subscribers.`,
    );
}

function tell(found: Result): void {
  console.log(text(found));
  const results = new URL('../results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const told = { machine: machine(), ...found, targets: targets(found) };
  writeFileSync(new URL('feed.json', results), `${JSON.stringify(told, null, 2)}\n`);
  if (values.write) writeTable('README.md', 'bench:feed', markdown(found));
}

function chosen(given: string | undefined, known: readonly string[]): readonly string[] {
  const found = given?.split(',') ?? known;
  const strange = found.find((one) => !known.includes(one));
  return strange === undefined ? found : stop(`There is no "${strange}"; there are ${known.join(', ')}.`);
}

function number(name: string, value: string | undefined, initial: number): number {
  const found = Number(value ?? initial);
  return found > 0 && found <= 50_000 ? found : stop(`--${name} must be a number above 0, 50000 at most.`);
}

function stop(sentence: string): never {
  throw new Error(sentence);
}
