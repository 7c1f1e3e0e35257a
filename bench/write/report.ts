import { machine } from '../read/report.ts';
import type { BulkResult } from './bulk.ts';
import { contenders, type Store } from './contender.ts';
import type { Result, Row } from './measure.ts';
import { breadths, type Breadth } from './updates.ts';

const storeNames: Readonly<Record<Store, string>> = { postgres: 'PostgreSQL', pglite: 'PGlite' };

/** Everything that one run found. */
export interface Found extends Result {
  readonly bulk: Readonly<Partial<Record<Store, BulkResult>>>;
}

/** One of the figures that the product promises to reach. */
export interface Target {
  readonly promise: string;
  /** What was measured, by what it was measured on. */
  readonly found: Readonly<Record<string, number>>;
  readonly reached: boolean;
}

const find = (
  { rows }: Result,
  contender: string,
  store: Store,
  kind: Row['kind'],
  breadth: Breadth,
): Row | undefined =>
  rows.find(
    (row) =>
      row.contender === contender && row.store === store && row.kind === kind && row.breadth === breadth,
  );

/** What was promised, and what came of it. A target that was not measured is left out. */
export function targets(found: Found): readonly Target[] {
  const stores = Object.keys(storeNames) as readonly Store[];
  const sagas = breadths.flatMap((breadth) => {
    const [one, other] = ['own', 'dbos'].map((key) => find(found, key, 'postgres', 'confirm', breadth));
    return one && other ? [[named(breadth), one.perSecond / other.perSecond] as const] : [];
  });
  const accepted = stores.flatMap((store) =>
    breadths.flatMap((breadth) => {
      const bare = find(found, 'own', store, 'insert', 1);
      const row = find(found, 'own', store, 'accept', breadth);
      return bare && row ? [[`${storeNames[store]}, ${named(breadth)}`, row.p50 / bare.p50] as const] : [];
    }),
  );
  const until = stores.flatMap((store) => {
    const statements = found.untilAccepted[store];
    return statements === undefined ? [] : [[storeNames[store], statements] as const];
  });
  const bulk = stores.flatMap((store) => {
    const one = found.bulk[store];
    return one ? [[storeNames[store], one.meanwhile / one.quiet] as const] : [];
  });
  const all = [
    ["at least 3 times DBOS's sagas a second on the same PostgreSQL", sagas, (n: number) => n >= 3],
    ['at most 3 statements from the call to the durable accept', until, (n: number) => n <= 3],
    [
      'an accepted write takes less than 3 times as long as one bare INSERT, p50',
      accepted,
      (n: number) => n < 3,
    ],
    ['bulk updates make interactive writes take at most 2 times as long, p50', bulk, (n: number) => n <= 2],
  ] as const;
  return all.flatMap(([promise, figures, isReached]) =>
    figures.length === 0
      ? []
      : [{ promise, found: Object.fromEntries(figures), reached: figures.every(([, n]) => isReached(n)) }],
  );
}

/** Everything that was measured, as plain text. */
export function text(found: Found): string {
  const lines: string[] = [];
  for (const [kind, what] of Object.entries(whats)) {
    for (const breadth of breadths) {
      const rows = found.rows.filter((row) => row.kind === kind && row.breadth === breadth);
      const [first] = rows;
      if (!first) continue;
      lines.push('', `${what}, ${named(breadth)}; ${first.concurrency} at a time`);
      lines.push(
        cells([
          '',
          'ratio',
          'a second',
          'p50 ms',
          'p99 ms',
          'statements',
          'WAL bytes',
          'CPU µs',
          'server µs',
        ]),
      );
      for (const row of rows)
        lines.push(cells([`${titleOf(row.contender)}, ${storeNames[row.store]}`, ...figuresOf(found, row)]));
    }
  }
  for (const [store, one] of Object.entries(found.bulk)) {
    lines.push(
      '',
      `${storeNames[store as Store]}: interactive writes ${one.quiet.toFixed(1)} ms in the quiet, ${one.meanwhile.toFixed(1)} ms (p99 ${one.p99.toFixed(1)}) beside bulk updates, p50 of ${one.writes}; ${one.bulkPerSecond.toFixed(0)} bulk updates a second`,
    );
  }
  lines.push('', 'Targets:');
  for (const { promise, found: figures, reached } of targets(found)) {
    const told = Object.entries(figures).map(([name, figure]) => `${name} ${short(figure)}`);
    lines.push(`  ${reached ? 'reached    ' : 'NOT reached'}  ${promise}: ${told.join('; ')}`);
  }
  return lines.join('\n');
}

/** The table of the README. */
export function markdown(found: Found): string {
  const rows = found.rows.filter(({ kind }) => kind === 'confirm');
  const names = rows.filter(({ breadth }) => breadth === 1);
  const { cores, node } = machine();
  return [
    '| saga, until its confirmed end | ratio | p50 ms | p99 ms | statements | WAL bytes | CPU µs | ratio | p50 ms | p99 ms | statements | WAL bytes | CPU µs |',
    `|${' --- |'.repeat(13)}`,
    ...names.map(({ contender, store }) => {
      const figures = breadths.flatMap((breadth) => {
        const row = find(found, contender, store, 'confirm', breadth);
        if (!row) return ['–', '–', '–', '–', '–', '–'];
        const [ratio = '', , p50 = '', p99 = '', statements = '', wal = ''] = figuresOf(found, row);
        return [ratio, p50, p99, statements, wal, (row.cpu + (row.serverCpu ?? 0)).toFixed(0)];
      });
      return `| ${[`${titleOf(contender)}, ${storeNames[store]}`, ...figures].join(' | ')} |`;
    }),
    '',
    'The first half is an update of one attribute, the second one of three attributes of three systems, mode `ALL`;',
    `${rows[0]?.concurrency} at a time, of different customers, medians of interleaved rounds. Ratio: sagas a second against DBOS in the same run on`,
    'the same server. Statements and bytes of WAL are per saga; CPU is of its process and of the server together. The',
    'owners are the same maps in memory for all, and take no time. Customer Graph resolves the customer, checks the values,',
    'keeps the order of each customer, fences stale workers, finds out what became of lost answers and takes back what was',
    'done where an owner refuses; its peers do none of that, and only survive a crash between any two steps.',
    `One machine with ${cores} cores (Node.js ${node}).`,
    '',
    ...targets(found).map(({ promise, found: figures, reached }) => {
      const told = Object.entries(figures).map(([name, figure]) => `${name} ${short(figure)}`);
      return `- ${promise}: ${told.join('; ')}${reached ? '' : ' (**not reached**)'}`;
    }),
  ].join('\n');
}

const whats: Readonly<Record<Row['kind'], string>> = {
  insert: 'A bare INSERT',
  accept: 'An update until it is accepted',
  confirm: 'A saga until its confirmed end',
};
const named = (breadth: Breadth): string => (breadth === 1 ? 'one attribute' : 'three systems');
const titleOf = (key: string): string => contenders.find((one) => one.key === key)?.title ?? key;
const short = (figure: number): string => figure.toFixed(figure < 10 ? 2 : 1);

function figuresOf(found: Found, row: Row): readonly string[] {
  const base = find(found, 'dbos', 'postgres', row.kind, row.breadth);
  return [
    base ? short(row.perSecond / base.perSecond) : '–',
    row.perSecond.toFixed(0),
    row.p50.toFixed(2),
    row.p99.toFixed(2),
    row.statements.toFixed(1),
    row.wal.toFixed(0),
    row.cpu.toFixed(0),
    row.serverCpu === null ? '–' : row.serverCpu.toFixed(0),
  ];
}

function cells([first = '', ...rest]: readonly string[]): string {
  return `  ${first.padEnd(58)}${rest.map((cell) => cell.padStart(11)).join('')}`;
}
