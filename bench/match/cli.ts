import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeTable } from '../table.ts';
import { thresholds } from '../../identity/matching/weights.ts';
import { machine } from '../read/report.ts';
import { askAll } from './asked.ts';
import { labelledSet } from './labelled.ts';
import { sweepMany } from './million.ts';
import { measure } from './quality.ts';
import { chosen, markdown, sweepMarkdown, type Found } from './report.ts';

const server = 'postgres://postgres@127.0.0.1:5432/postgres';
const usage = `npm run bench:match -- [options]

Measures how well customers are matched: the companies of the Northwind sample and synthetic ones, entered again with
damages as people do them. Thresholds are chosen on one half and measured on the other; it ends with 1 where those of
identity/matching/weights.ts are not the ones that are chosen.

  --seed N         of everything that is drawn (1)
  --companies N    synthetic companies (4000)
  --sweep N        instead: registers N synthetic customers, two in a hundred of them twice, and sweeps them all
  --store S        of the sweep: postgres or pglite (postgres)
  --database URL   the PostgreSQL server (${server})
  --minutes N      gives the sweep up after so long (60)
  --write          writes the tables into docs/duplicates.md
  --help

The result is written to bench/results/match.json, or match-sweep.json.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    companies: { type: 'string', default: '4000' },
    sweep: { type: 'string' },
    store: { type: 'string', default: 'postgres' },
    database: { type: 'string', default: server },
    minutes: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

try {
  if (values.help) console.log(usage);
  else if (values.sweep !== undefined) await sweep(number('sweep', values.sweep));
  else await compare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function compare(): Promise<void> {
  const seed = number('seed', values.seed);
  const set = await labelledSet(seed, number('companies', values.companies));
  const [first, second] = ([0, 1] as const).map((half) => measure(set.filter((one) => one.half === half)));
  if (!first || !second) return;
  const found: Found = { seed, halves: [first, second], asked: await askAll(set) };
  console.log(markdown(found));
  console.log(`\nA question takes ${found.asked.p50.toFixed(1)} ms, p50.`);
  const best = chosen(found);
  const current = best.SAME === thresholds.SAME && best.ASK === thresholds.ASK;
  console.log(
    `Chosen on the first half: SAME from ${best.SAME}, ASK from ${best.ASK}; in use: ${thresholds.SAME} and ${thresholds.ASK}.`,
  );
  if (!current) process.exitCode = 1;
  const halves = found.halves.map(({ scored, sameByDamage: _, ...half }) => ({
    ...half,
    compared: scored.length,
  }));
  keep('match.json', { machine: machine(), ...found, halves, chosen: best });
  if (values.write) writeTable('docs/duplicates.md', 'bench:match', markdown(found));
}

async function sweep(customers: number): Promise<void> {
  const store =
    values.store === 'pglite' || values.store === 'postgres'
      ? values.store
      : stop('--store must be postgres or pglite.');
  const swept = await sweepMany({
    ...{ server: values.database, store, customers, seed: number('seed', values.seed) },
    patience: number('minutes', values.minutes) * 60_000,
  });
  console.log(sweepMarkdown(swept));
  console.log(`\nRegistering them took ${swept.filling.toFixed(0)} s.`);
  keep('match-sweep.json', { machine: machine(), ...swept });
  if (values.write) writeTable('docs/duplicates.md', 'bench:match-sweep', sweepMarkdown(swept));
}

function keep(name: string, told: unknown): void {
  const results = new URL('../results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL(name, results), `${JSON.stringify(told, null, 2)}\n`);
}

function number(name: string, value: string): number {
  const found = Number(value);
  return Number.isInteger(found) && found > 0 && found <= 10_000_000
    ? found
    : stop(`--${name} must be a whole number above 0.`);
}

function stop(sentence: string): never {
  throw new Error(sentence);
}
