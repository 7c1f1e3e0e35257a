import { resolve } from 'node:path';
import type { Config } from '../../runtime/config.ts';
import { Failure } from '../../runtime/failure.ts';
import { recordsOf } from '../../runtime/file/csv.ts';
import { linesOf } from '../../runtime/file/lines.ts';
import { csvReject, csvRejectsHeader, openRejects, type Rejects } from '../../runtime/file/rejects.ts';
import { checkText, textOf } from '../../runtime/file/text.ts';
import { progressLine, type Screen } from '../../runtime/terminal/progress.ts';
import { exitCodeOf, interrupted, type Terminal } from '../../runtime/terminal/terminal.ts';
import { readFeeds } from '../seed/feeds.ts';
import { tidy } from '../seed/tidy.ts';
import { openStore, type Store } from '../store.ts';
import { importArguments, importHelp, type ImportOrder } from './arguments.ts';
import { columnsOf, type Columns } from './columns.ts';
import { batchSize, loadInto } from './load.ts';
import { emptyTally, summaryOf, type Tally } from './report.ts';
import { readRow, type AccountRow } from './row.ts';

/** Where an import is run. */
export interface ImportTerminal extends Terminal {
  readonly config: () => Config;
}

/** Rows after which the statistics of the store are brought up to date. */
const many = 1000;

/**
 * `npm run import`, as a function.
 * @returns the exit code: 0 all rows are good, 2 some were refused, 1 nothing could be done, 130 stopped
 */
export function runImport(given: readonly string[], terminal: ImportTerminal): Promise<number> {
  return exitCodeOf(() => importAsked(given, terminal), terminal.err);
}

async function importAsked(
  given: readonly string[],
  { out, err, signal, config }: ImportTerminal,
): Promise<number> {
  const asked = importArguments(given);
  if (asked.help) {
    out.write(importHelp);
    return 0;
  }
  const source = { file: asked.file, ...(await checkText(asked)) };
  // Before the store is opened: what is wrong with the header needs no store.
  await headerOf(source, asked);
  const store = await openStore(config(), (line) => err.write(`${line}\n`));
  try {
    return await importFile({ ...asked, ...source }, { store, out, err, signal });
  } finally {
    await store.db.close();
  }
}

interface Source {
  readonly file: string;
  readonly encoding: string;
  /** How many lines it has. */
  readonly lines: number;
}

const recordsIn = ({ file, encoding }: Omit<Source, 'lines'>) => recordsOf(linesOf(textOf(file, encoding)));

async function headerOf(source: Source, { mapping }: Pick<ImportOrder, 'mapping'>): Promise<Columns> {
  for await (const record of recordsIn(source)) {
    if (record.cells !== null) return columnsOf(record.cells, mapping);
    throw new Failure('BAD_USER_INPUT', `The header of ${source.file} is not CSV: ${record.fault ?? ''}.`);
  }
  throw new Failure('BAD_USER_INPUT', `${source.file} has no header and no rows.`);
}

/** Imports a file that has been checked into an open store; see `runImport` for the result. */
export async function importFile(
  order: Omit<ImportOrder, 'encoding'> & Source,
  { store, out, err, signal }: { store: Store } & Terminal,
): Promise<number> {
  const columns = await headerOf(order, order);
  if (columns.unused.length > 0) err.write(`Columns that are not used: ${columns.unused.join(', ')}.\n`);
  if (order.rejects !== null && resolve(order.rejects) === resolve(order.file)) {
    throw new Failure('BAD_USER_INPUT', '--rejects names the file that is imported; name another one.');
  }
  const rejects = order.rejects === null ? null : await openRejects(order.rejects);
  rejects?.add(csvRejectsHeader(columns.headers));
  const tally = emptyTally();
  try {
    await importRows(order, { store, columns, tally, rejects, err, signal });
  } finally {
    await rejects?.close();
  }
  if (!order.dryRun && tally.created > many) await tidy(store);
  // What is not read here would be told as made by somebody; where it was stopped, the next run reads it.
  if (!order.dryRun && tally.created + tally.changed > 0 && !signal.aborted) await readFeeds(store);
  out.write(`${summaryOf(tally, order.dryRun)}\n`);
  if (signal.aborted) {
    out.write('Stopped; run the same command again to go on.\n');
    return interrupted;
  }
  return tally.refused + tally.incomplete > 0 ? 2 : 0;
}

async function importRows(
  order: Omit<ImportOrder, 'encoding'> & Source,
  at: {
    store: Store;
    columns: Columns;
    tally: Tally;
    rejects: Rejects | null;
    err: Screen;
    signal: AbortSignal;
  },
): Promise<void> {
  const { store, columns, tally, rejects, err, signal } = at;
  /** What there is to report of the rows of this batch, and their cells, by line. */
  const problems: { readonly line: number; readonly reason: string; readonly kept: boolean }[] = [];
  const cells = new Map<number, readonly string[]>();
  const loading = loadInto(
    store,
    ({ line }, reason, kept) => problems.push({ line, reason, kept: kept === 'kept' }),
    order.dryRun,
  );
  const line = progressLine(err, { total: order.lines, noun: 'lines' });
  const report = async () => {
    if (problems.length > 0) line.end();
    for (const { line: at, reason, kept } of problems.sort((one, other) => one.line - other.line)) {
      err.write(`line ${at}: ${kept ? `kept, but ${reason}` : reason}\n`);
      tally[kept ? 'incomplete' : 'refused']++;
      if (!kept) rejects?.add(csvReject(columns.headers.length, cells.get(at) ?? [], at, reason));
    }
    await rejects?.flush();
    problems.length = 0;
    cells.clear();
  };
  let batch: AccountRow[] = [];
  const flush = async () => {
    for (const { account, contact } of await loading.batch(batch)) {
      tally[account]++;
      if (contact === 'created' || contact === 'changed') tally.people++;
    }
    batch = [];
    await report();
  };

  let header = true;
  for await (const record of recordsIn(order)) {
    if (signal.aborted) break;
    if (header) {
      header = false;
      continue;
    }
    tally.rows++;
    const read = record.cells && readRow(record.cells, record.line, columns);
    cells.set(record.line, record.cells ?? [record.text]);
    if (read !== null && !('faults' in read)) batch.push(read);
    else {
      const reason = read === null ? (record.fault ?? '') : read.faults.join('; ');
      problems.push({ line: record.line, reason, kept: false });
    }
    if (cells.size < batchSize) continue;
    await flush();
    line.show(record.line, 0);
  }
  line.end();
  await flush();
  await loading.finish();
  await report();
}
