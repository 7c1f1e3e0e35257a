import { parse } from 'csv-parse/sync';

/** A row of a CSV file. */
export interface CsvRecord {
  /** The line on which it begins; the header is on line 1. */
  readonly line: number;
  readonly text: string;
  /** Null where the row is not CSV, and `fault` says why. */
  readonly cells: readonly string[] | null;
  readonly fault: string | null;
}

/** Lines of one row at most: a quote that is never closed must not swallow the rest of the file. */
const mostLines = 200;

const separators = [',', ';', '\t', '|'] as const;
type Separator = (typeof separators)[number];

/** The separator that a header has most of, outside quotes. */
function separatorOf(header: string): Separator {
  const bare = header.replace(/"[^"]*"/g, '');
  const times = (separator: Separator) => bare.split(separator).length;
  return separators.reduce((most, next) => (times(next) > times(most) ? next : most));
}

/**
 * The rows of a file, the header first, in bounded memory. A row that is not CSV is one row with a fault: those after
 * it are read as if it were not there. Empty lines are passed over.
 */
export async function* recordsOf(lines: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let separator: Separator | undefined;
  let pending: string[] = [];
  let line = 1;
  const take = function* (next: string): Generator<CsvRecord> {
    if (pending.length === 0 && next.trim() === '') {
      line++;
      return;
    }
    separator ??= separatorOf(next);
    pending.push(next);
    const text = pending.join('\n');
    const quotes = quotesIn(text, separator);
    if (quotes === 'open') {
      if (pending.length >= mostLines) yield* giveUp();
    } else yield* done(recordIn(text, { line, separator, torn: quotes === 'torn' }), pending.length);
  };
  const done = function* (record: CsvRecord, lineCount: number): Generator<CsvRecord> {
    line += lineCount;
    pending = [];
    yield record;
  };
  /** The first line alone is the row with the fault; what came after it is looked at again. */
  const giveUp = function* (): Generator<CsvRecord> {
    const [first = '', ...others] = pending;
    yield* done({ line, text: first, cells: null, fault: 'a quote is opened and never closed' }, 1);
    for (const other of others) yield* take(other);
  };

  for await (const next of lines) yield* take(next);
  while (pending.length > 0) yield* giveUp();
}

/**
 * How a row stands with its quotes: `open` where it ends within them, `torn` where something follows a closing one.
 * A quote opens only at the beginning of a cell, and a doubled one closes none.
 */
function quotesIn(text: string, separator: Separator): 'closed' | 'open' | 'torn' {
  if (!text.includes('"')) return 'closed';
  let state: 'start' | 'plain' | 'quoted' | 'closing' = 'start';
  let torn = false;
  for (const sign of text) {
    if (state === 'quoted') state = sign === '"' ? 'closing' : 'quoted';
    else if (sign === '"' && state !== 'plain') state = 'quoted';
    else {
      torn ||= state === 'closing' && sign !== separator;
      state = sign === separator ? 'start' : 'plain';
    }
  }
  return state === 'quoted' ? 'open' : torn ? 'torn' : 'closed';
}

function recordIn(
  text: string,
  { line, separator, torn }: { line: number; separator: Separator; torn: boolean },
): CsvRecord {
  if (torn) {
    return {
      line,
      text,
      cells: null,
      fault: 'a quoted cell goes on after its closing quote; double quotes within it',
    };
  }
  const [cells = []] = parse(text, { delimiter: separator, relax_column_count: true, relax_quotes: true });
  return { line, text, cells, fault: null };
}

/** A row as it stands in a file: commas between the cells, quotes where they are needed, and the end of the line. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
