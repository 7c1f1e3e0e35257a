/** `npm run bench:door`: what it costs to ask who it is, to decide who may read what, and to keep limits. See `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endAll } from '../read/child.ts';
import { machine } from '../read/report.ts';
import { writeTable } from '../table.ts';
import { contenders } from './contenders.ts';
import { measureEngines } from './engines.ts';
import { measure } from './measure.ts';
import { questions } from './questions.ts';
import { markdown, text } from './report.ts';

const usage = `npm run bench:door -- [options]

Measures what the door costs: the same gateway answers the same questions from the same data in memory, in turn, round by
round, with and without what finds out who is asking, decides who may read what, and keeps everybody within limits.

${questions.map(({ name, what }) => `  ${name}  ${what}`).join('\n')}

${contenders.map(({ key, title }) => `  ${key.padEnd(8)} ${title}`).join('\n')}

  --rounds N       rounds to take the median of (7)
  --seconds N      seconds per contender and question in a round (2)
  --connections N  concurrency (16)
  --write          writes the table into README.md
  --engine         no HTTP: the engines alone, in one process and in turn every few milliseconds, so that whatever else the
                   machine does concerns all alike; microseconds of CPU per answer
  --help

The result is written to bench/results/door.json. With the defaults it takes about 5 minutes; leave the machine alone.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '16' },
    write: { type: 'boolean', default: false },
    engine: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

try {
  if (values.help) console.log(usage);
  else if (values.engine) console.log(await measureEngines());
  else await compare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function compare(): Promise<void> {
  const { rows, failures } = await measure({
    rounds: number('rounds', values.rounds),
    seconds: number('seconds', values.seconds),
    connections: number('connections', values.connections),
    progress: (line) => console.error(line),
  });
  console.log(text(rows));
  if (failures > 0) throw new Error(`${failures} answers had errors: the figures mean nothing.`);
  const results = new URL('../results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const told = { machine: machine(), rows };
  writeFileSync(new URL('door.json', results), `${JSON.stringify(told, null, 2)}\n`);
  if (values.write) writeTable('README.md', 'bench:door', markdown(rows));
}

function number(name: string, value: string): number {
  const found = Number(value);
  if (found > 0 && found <= 10_000) return found;
  throw new Error(`--${name} must be a number above 0, 10000 at most.`);
}
