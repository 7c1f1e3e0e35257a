import { machine } from '../read/report.ts';
import type { Variety } from './changes.ts';
import { contenders } from './contender.ts';
import type { Result, Row } from './measure.ts';

/** One of the figures that the product promises to reach. */
export interface Target {
  readonly promise: string;
  /** What was measured, by what it was measured on. */
  readonly found: Readonly<Record<string, number>>;
  readonly reached: boolean;
}

const [naive, alone] = ['naive', 'alone'];
const isOwn = ({ contender }: Row): boolean => contender.startsWith('own-');
const isPeer = ({ contender }: Row): boolean => contender !== alone && !contender.startsWith('own-');
/** Bytes that a subscriber may cost more than graphql-ws alone. */
const allowance = 2048;

const storeOf = ({ contender }: Row): string => titleOf(contender).split(', ').at(-1) ?? contender;
const many = (subscribers: number): string => subscribers.toLocaleString('en');

/** What was promised, and what came of it. A target that was not measured is left out. */
export function targets({ rows }: Result): readonly Target[] {
  const most = Math.max(...rows.map(({ subscribers }) => subscribers));
  const shared = rows.filter(({ variety }) => variety === 'shared');
  const others = (row: Row): readonly Row[] =>
    rows.filter((one) => one.subscribers === row.subscribers && one.variety === row.variety);

  const ratios = shared.filter(isOwn).flatMap((row) => {
    const other = others(row).find(({ contender }) => contender === naive);
    if (!other || row.subscribers < most) return [];
    return [[`${storeOf(row)}, ${many(row.subscribers)}`, row.perSecond / other.perSecond] as const];
  });
  const memory = shared.filter(isOwn).flatMap((row) => {
    const other = others(row).find(({ contender }) => contender === alone);
    return other
      ? [[`${storeOf(row)}, ${many(row.subscribers)}`, (row.idle - other.idle) / 1024] as const]
      : [];
  });
  const latency = shared.filter(isOwn).flatMap((row) => {
    const best = Math.min(
      ...others(row)
        .filter(isPeer)
        .map(({ p99 }) => p99),
    );
    return Number.isFinite(best)
      ? [[`${storeOf(row)}, ${many(row.subscribers)}`, row.p99 / best] as const]
      : [];
  });
  const all = [
    [
      `shared documents: at least 20 times the messages a second of graphql-ws with one execute per subscriber, at ${many(most)} subscribers`,
      ratios,
      (n: number) => n >= 20,
    ],
    [
      'memory per idle subscriber below that of graphql-ws alone plus 2 kB; kB more than graphql-ws alone',
      memory,
      (n: number) => n < allowance / 1024,
    ],
    [
      'shared documents: p99 from commit to client under that of the best peer; share of it',
      latency,
      (n: number) => n < 1,
    ],
  ] as const;
  return all.flatMap(([promise, figures, isReached]) =>
    figures.length === 0
      ? []
      : [{ promise, found: Object.fromEntries(figures), reached: figures.every(([, n]) => isReached(n)) }],
  );
}

/** Everything that was measured, as plain text. */
export function text(result: Result): string {
  const lines: string[] = [];
  const groups = Map.groupBy(
    result.rows,
    ({ subscribers, variety }) => `${many(subscribers)} subscribers, ${whats[variety]}`,
  );
  for (const [what, rows] of groups) {
    lines.push('', what);
    lines.push(
      cells([
        '',
        'ratio',
        'messages/s',
        'CPU µs',
        'executions',
        'p50 ms',
        'p99 ms',
        'idle kB',
        'resident kB',
      ]),
    );
    for (const row of rows) lines.push(cells([titleOf(row.contender), ...figuresOf(result, row)]));
  }
  lines.push('', 'Targets:');
  for (const { promise, found, reached } of targets(result)) {
    const told = Object.entries(found).map(([name, figure]) => `${name}: ${short(figure)}`);
    lines.push(`  ${reached ? 'reached    ' : 'NOT reached'}  ${promise}: ${told.join('; ')}`);
  }
  for (const one of result.refused)
    lines.push(
      `Not measured: ${titleOf(one.contender)}, ${many(one.subscribers)} ${one.variety}: ${one.reason}`,
    );
  return lines.join('\n');
}

/** The table of the README. */
export function markdown(result: Result): string {
  const { cores, node } = machine();
  const rows = result.rows.map(
    (row) =>
      `| ${[many(row.subscribers), row.variety, titleOf(row.contender), ...figuresOf(result, row)].join(' | ')} |`,
  );
  return [
    '| subscribers | documents | server | ratio | messages/s | CPU µs | executions | p50 ms | p99 ms | idle kB | resident kB |',
    `|${' --- |'.repeat(11)}`,
    ...rows,
    '',
    'Subscribers on WebSockets (graphql-transport-ws) in a process of their own; a change, and 15 fields of three systems of its',
    'customer. Shared: everybody sends the same document with the same variables; filters: everybody follows another list of',
    'customers; different: everybody sends another document, besides. Ratio: messages a second against graphql-ws with one execute per subscriber. CPU: of the server’s process per',
    'message. Executions: how often the customer is put together for one change. p50 and p99: from the commit of a change to a',
    'client, of changes that come one by one; peers only hand a change over in memory, Customer Graph has it durable, numbered',
    'and chained first. Idle: what the heap holds per subscriber that hears nothing, and what the system counts as resident.',
    `Everybody tells the same of the same records in memory. Server and clients shared one machine with ${cores} cores (Node.js`,
    `${node}).`,
    '',
    ...targets(result).map(({ promise, found, reached }) => {
      const told = Object.entries(found).map(([name, figure]) => `${name}: ${short(figure)}`);
      return `- ${promise}: ${told.join('; ')}${reached ? '' : ' (**not reached**)'}`;
    }),
    ...result.refused.map(
      ({ contender, subscribers, variety, reason }) =>
        `\nNot in the table: ${titleOf(contender)}, ${many(subscribers)} ${variety}: ${reason}`,
    ),
  ].join('\n');
}

const whats: Readonly<Record<Variety, string>> = {
  shared: 'all with the same document and variables',
  filters: 'the same document, each with its own list of customers',
  different: 'each with a document and a list of customers of its own',
};
const titleOf = (key: string): string => contenders.find((one) => one.key === key)?.title ?? key;
const short = (figure: number): string =>
  Number.isNaN(figure) ? '–' : figure.toFixed(Math.abs(figure) < 10 ? 2 : 1);

function figuresOf({ rows }: Result, row: Row): readonly string[] {
  const base = rows.find(
    (one) => one.contender === naive && one.subscribers === row.subscribers && one.variety === row.variety,
  );
  const whole = (figure: number): string => (Number.isNaN(figure) ? '–' : figure.toFixed(0));
  return [
    short(base ? row.perSecond / base.perSecond : NaN),
    whole(row.perSecond),
    short(row.cpu),
    whole(row.executions),
    short(row.p50),
    short(row.p99),
    short(row.idle / 1024),
    short(row.resident / 1024),
  ];
}

function cells([first = '', ...rest]: readonly string[]): string {
  return `  ${first.padEnd(52)}${rest.map((cell) => cell.padStart(12)).join('')}`;
}
