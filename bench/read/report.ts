import { availableParallelism } from 'node:os';
import { contenders } from './contenders/index.ts';
import type { Result, Row } from './measure.ts';
import type { Scaled } from './scale.ts';
import { questions } from './queries.ts';

const reference = 'apollo';
/** How much more a customer may cost among many than among few. */
const growthLimit = 1.5;

/** What was found of the whole product with its real store. */
export interface Whole {
  /** The fewest customers first, store by store. */
  readonly scaled: readonly Scaled[];
  /** Bytes of `node_modules` for run time only; null where they could not be installed. */
  readonly footprint: number | null;
}

/** One of the figures that the product promises to reach. */
export interface Target {
  readonly promise: string;
  /** The ratio that was measured, per question at 16 connections. */
  readonly found: Readonly<Record<string, number>>;
  readonly reached: boolean;
}

const find = (result: Result, contender: string, question: string, connections: number): Row | undefined =>
  result.rows.find(
    (row) => row.contender === contender && row.question === question && row.connections === connections,
  );

/** What was promised, and what came of it. A target whose contenders were not all measured is left out. */
export function targets(result: Result): readonly Target[] {
  const requests = (row: Row): number => row.requestsPerSecond;
  const cpu = (row: Row): number => row.cpu;
  const all: readonly [string, (row: Row) => number, string, string, (ratio: number) => boolean][] = [
    [
      'in process: at least 25 times the requests of @apollo/gateway',
      requests,
      'own',
      'apollo',
      (r) => r >= 25,
    ],
    [
      'in process: at least 8 times the requests of Hive Gateway in process',
      requests,
      'own',
      'hive-local',
      (r) => r >= 8,
    ],
    ['in process: within 3 times of the endpoint written by hand', requests, 'rest', 'own', (r) => r <= 3],
    [
      "over HTTP: at most a fifth of @apollo/gateway's CPU per request",
      cpu,
      'own-http',
      'apollo',
      (r) => r <= 0.2,
    ],
    [
      "over HTTP: at most a fifth of Hive Gateway's CPU per request, JavaScript planner",
      cpu,
      'own-http',
      'hive',
      (r) => r <= 0.2,
    ],
    [
      "over HTTP: at most a fifth of Hive Gateway's CPU per request, Rust planner",
      cpu,
      'own-http',
      'hive-rust',
      (r) => r <= 0.2,
    ],
  ];
  return all.flatMap(([promise, figure, one, other, isReached]) => {
    const found: Record<string, number> = {};
    for (const { name } of questions) {
      const [above, below] = [find(result, one, name, 16), find(result, other, name, 16)];
      if (above && below) found[name] = figure(above) / figure(below);
    }
    const ratios = Object.values(found);
    return ratios.length === 0 ? [] : [{ promise, found, reached: ratios.every(isReached) }];
  });
}

/** Facts of the machine that figures depend on. */
export const machine = () => ({
  cores: availableParallelism(),
  node: process.version,
  platform: process.platform,
});

/** Everything that was measured, as plain text. */
export function text(result: Result): string {
  const lines: string[] = [];
  for (const question of questions) {
    for (const connections of new Set(result.rows.map((row) => row.connections))) {
      lines.push(
        '',
        `${question.name}, ${question.what}; ${connections} connection${connections === 1 ? '' : 's'}`,
      );
      lines.push(cells(['', 'ratio', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'fetches', 'peak MB']));
      const base = find(result, reference, question.name, connections);
      for (const { key, title } of contenders) {
        const row = find(result, key, question.name, connections);
        if (!row) continue;
        const ratio = base ? row.requestsPerSecond / base.requestsPerSecond : NaN;
        const megabytes = (result.memory[key] ?? NaN) / 1e6;
        lines.push(
          cells([
            title,
            short(ratio),
            row.requestsPerSecond.toFixed(0),
            row.p50.toFixed(2),
            row.p99.toFixed(2),
            row.cpu.toFixed(0),
            row.fetches.toFixed(1),
            megabytes.toFixed(0),
          ]),
        );
      }
    }
  }
  lines.push('', 'Targets, at 16 connections:');
  for (const { promise, found, reached } of targets(result)) {
    const figures = Object.entries(found).map(([name, ratio]) => `${name} ${short(ratio)}`);
    lines.push(`  ${reached ? 'reached    ' : 'NOT reached'}  ${promise}: ${figures.join(', ')}`);
  }
  for (const { contender, reason } of result.refused)
    lines.push(`Not measured: ${titleOf(contender)}: ${reason}`);
  if (result.failures > 0)
    lines.push(`${result.failures} answers were errors or missing: the figures cannot be trusted.`);
  return lines.join('\n');
}

/** How much more time and CPU a customer costs among many than among few, store by store. */
export function growth(scaled: readonly Scaled[]) {
  return [...Map.groupBy(scaled, ({ store }) => store)].flatMap(([store, [few, ...more]]) => {
    const many = more.at(-1);
    if (!few || !many) return [];
    const [time, cpu] = [many.p50 / few.p50, many.cpu / few.cpu];
    return [
      {
        store,
        from: few.customers,
        to: many.customers,
        time,
        cpu,
        reached: Math.max(time, cpu) <= growthLimit,
      },
    ];
  });
}

/** The same as `text` for the whole product. */
export function wholeText({ scaled, footprint }: Whole): string {
  const lines = ['', 'The whole product with its store, Q1 with random ids, one connection'];
  lines.push(cells(['', 'p50 ms', 'p99 ms', 'CPU µs', 'first answer s', 'warm MB']));
  for (const one of scaled) {
    const { customers, store, p50, p99, cpu, firstAnswer, resident } = one;
    const figures = [
      p50.toFixed(2),
      p99.toFixed(2),
      cpu.toFixed(0),
      (firstAnswer / 1000).toFixed(1),
      (resident / 1e6).toFixed(0),
    ];
    lines.push(cells([`${customers.toLocaleString('en')} customers, ${store}`, ...figures]));
  }
  for (const { store, from, to, time, cpu, reached } of growth(scaled)) {
    const range = `from ${from.toLocaleString('en')} to ${to.toLocaleString('en')} customers, ${store}`;
    lines.push(
      `  ${reached ? 'reached    ' : 'NOT reached'}  at most ${growthLimit} times the cost ${range}: time ${short(time)}, CPU ${short(cpu)}`,
    );
    if (to < 1_000_000) lines.push('               (the promise is for 1,000,000: --scale 1000000)');
  }
  const size = footprint === null ? 'unknown: npm ci failed' : `${(footprint / 1e6).toFixed(0)} MB`;
  lines.push(`  node_modules for run time only: ${size}`);
  return lines.join('\n');
}

/** A sentence for the README on the whole product. */
function wholeMarkdown({ scaled, footprint }: Whole): string {
  const [few] = scaled;
  if (!few) return '';
  const ratios = growth(scaled).map(
    ({ store, from, to, time, cpu }) =>
      `from ${from.toLocaleString('en')} to ${to.toLocaleString('en')} customers (${store} store) Q1 takes ${short(time)} times the time and ${short(cpu)} times the CPU`,
  );
  const size =
    footprint === null ? '' : `; \`node_modules\` for run time is ${(footprint / 1e6).toFixed(0)} MB`;
  return [
    '',
    `With the real store: ${ratios.join('; ')}. From the start of the process to the first answer: ${(few.firstAnswer / 1000).toFixed(1)} s;`,
    `warm, it uses ${(few.resident / 1e6).toFixed(0)} MB of memory${size}.`,
  ].join('\n');
}

/** The table of the README. */
export function markdown(result: Result, whole: Whole | null): string {
  const base = Object.fromEntries(questions.map(({ name }) => [name, find(result, reference, name, 16)]));
  const rows = contenders.flatMap(({ key, title }) => {
    const [one, many] = questions.map(({ name }) => find(result, key, name, 16));
    if (!one || !many) return [];
    const ratio = (row: Row): string =>
      short(row.requestsPerSecond / (base[row.question]?.requestsPerSecond ?? NaN));
    const peak = ((result.memory[key] ?? NaN) / 1e6).toFixed(0);
    const figures = [
      ratio(one),
      one.cpu.toFixed(0),
      one.p99.toFixed(1),
      ratio(many),
      many.cpu.toFixed(0),
      many.p99.toFixed(1),
    ];
    return [`| ${[title, ...figures, one.fetches.toFixed(0), peak].join(' | ')} |`];
  });
  const { cores, node } = machine();
  return [
    `| engine | Q1 ratio | Q1 CPU µs | Q1 p99 ms | Q2 ratio | Q2 CPU µs | Q2 p99 ms | fetches | peak MB |`,
    `| --- | --- | --- | --- | --- | --- | --- | --- | --- |`,
    ...rows,
    '',
    `Q1 is ${questions[0]?.what}; Q2 is ${questions[1]?.what}. 16 connections, other ids in each request, medians of`,
    `interleaved rounds. Ratio: requests per second against @apollo/gateway in the same run. CPU: of the gateway's process per`,
    `request. Everybody answers the same from the same data in memory, so that the systems of record cost nothing: with real`,
    `ones, their own 50 to 500 ms come on top for everybody. Load, gateway and subgraphs shared one machine with ${cores} cores`,
    `(Node.js ${node}).`,
    ...result.refused.map(({ contender, reason }) => `\nNot in the table: ${titleOf(contender)}: ${reason}.`),
    ...(whole ? [wholeMarkdown(whole)] : []),
  ].join('\n');
}

const titleOf = (key: string): string => contenders.find((one) => one.key === key)?.title ?? key;
const short = (ratio: number): string => (Number.isNaN(ratio) ? '–' : ratio.toFixed(ratio < 10 ? 2 : 1));

function cells([first = '', ...rest]: readonly string[]): string {
  return `  ${first.padEnd(58)}${rest.map((cell) => cell.padStart(11)).join('')}`;
}
