/** `npm run bench:read`: what an answer costs, against others. See `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeTable } from '../table.ts';
import { endAll } from './child.ts';
import { contenders } from './contenders/index.ts';
import { measure } from './measure.ts';
import { profile } from './profile.ts';
import { questions } from './queries.ts';
import { footprint } from './footprint.ts';
import { growth, machine, markdown, targets, text, wholeText, type Whole } from './report.ts';
import { scale } from './scale.ts';

const usage = `npm run bench:read -- [options]

Measures what reading costs: Customer Graph, other gateways and an endpoint written by hand answer the same two
questions from the same data in memory; in turn, round by round, after their answers were found to be equal.

${questions.map(({ name, what }) => `  ${name}  ${what}`).join('\n')}

  --rounds N      rounds to take the median of (7)
  --seconds N     seconds per contender, question and concurrency in a round (3)
  --connections N,N,…  concurrency (1,16,64)
  --only KEY,KEY,…     some contenders: ${contenders.map(({ key }) => key).join(', ')}
  --scale N       afterwards, the whole product with its store among 1,000 and among N customers (100000);
                  1000000 is the promise and takes long to seed the first time; 0 leaves it out
  --database URL  …on PostgreSQL instead, in schemas bench_read_N that are kept for the next run
  --quick         1 round of 1 second at 16 connections, no --scale: to see that everything works
  --profile KEY   no measurement: where one contender spends its time, by function
  --write         writes the table into README.md
  --help

The result is written to bench/results/read.json. With the defaults it takes about 20 minutes; leave the machine alone.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
    scale: { type: 'string' },
    database: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

try {
  if (values.help) console.log(usage);
  else if (values.profile !== undefined)
    console.log(await profile(chosen(values.profile)[0] ?? stop('--profile needs a key')));
  else await compare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  // What was left running by an error would keep this process waiting for it.
  endAll();
}

async function compare(): Promise<void> {
  const result = await measure({
    contenders: values.only === undefined ? contenders : chosen(values.only),
    rounds: number('rounds', values.rounds, values.quick ? 1 : 7),
    seconds: number('seconds', values.seconds, values.quick ? 1 : 3),
    connections: (values.connections ?? (values.quick ? '16' : '1,16,64'))
      .split(',')
      .map((one) => number('connections', one, 0)),
    progress: (line) => console.error(line),
  });
  console.log(text(result));
  const whole = await measureWhole();
  if (whole) console.log(wholeText(whole));
  const results = new URL('../results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const told = {
    machine: machine(),
    ...result,
    targets: targets(result),
    ...whole,
    growth: growth(whole?.scaled ?? []),
  };
  writeFileSync(new URL('read.json', results), `${JSON.stringify(told, null, 2)}\n`);
  if (values.write) writeTable('README.md', 'bench:read', markdown(result, whole));
}

async function measureWhole(): Promise<Whole | null> {
  const many =
    values.scale === '0'
      ? 0
      : number('scale', values.scale, values.quick || values.only !== undefined ? 0.5 : 100_000);
  if (many < 1) return null;
  const order = {
    customers: [1000, many],
    rounds: 3,
    seconds: number('seconds', values.seconds, 3),
    progress: (line: string) => console.error(line),
  };
  const { database } = values;
  const scaled = await scale(database === undefined ? order : { ...order, databaseUrl: database });
  return { scaled, footprint: await footprint().catch(() => null) };
}

function chosen(keys: string) {
  return keys.split(',').map((key) => {
    const known = contenders.map((one) => one.key).join(', ');
    return (
      contenders.find((one) => one.key === key) ?? stop(`There is no contender "${key}"; there are ${known}.`)
    );
  });
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
