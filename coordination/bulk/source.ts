import { Failure } from '../../runtime/failure.ts';
import { csvRow, recordsOf } from '../../runtime/file/csv.ts';
import { linesOf } from '../../runtime/file/lines.ts';
import { csvReject, csvRejectsHeader } from '../../runtime/file/rejects.ts';
import { textOf } from '../../runtime/file/text.ts';
import type { WriteOrder } from './arguments.ts';
import { readCells } from './cells.ts';
import { columnsOf } from './columns.ts';
import { malformed, reasonText, type Reason } from './contract.ts';
import { readJson, type Read } from './line.ts';

/** One row of a file: a line of NDJSON, or a record of CSV. */
export interface Row {
  /** Counted from 1, without empty lines and the header. */
  readonly ordinal: number;
  /** The line of the file on which it begins. */
  readonly line: number;
  readonly read: Read;
  /** The row as it goes into a file of refused rows, whole with the end of its line. */
  readonly rejected: (reasons: readonly Reason[]) => string;
}

/** A file of changes. */
export interface Source {
  /** What its file of refused rows begins with. */
  readonly rejectsHeader: string;
  /** All rows, read anew. In bounded memory. */
  rows(): AsyncGenerator<Row>;
}

type File = Pick<WriteOrder, 'file' | 'format' | 'nullWord'> & {
  /** As `checkText` found it to be. */
  readonly encoding: string;
};

/**
 * Opens a file whose text was checked.
 * @throws Failure BAD_USER_INPUT for a header that cannot be used
 */
export function openSource(file: File): Promise<Source> | Source {
  return file.format === 'csv' ? csvSource(file) : { rejectsHeader: '', rows: () => jsonRows(file) };
}

async function* jsonRows({ file, encoding }: File): AsyncGenerator<Row> {
  let [line, ordinal] = [0, 0];
  for await (const text of linesOf(textOf(file, encoding))) {
    line++;
    if (text.trim() === '') continue;
    const at = line;
    yield {
      ordinal: ++ordinal,
      line,
      read: readJson(text),
      rejected: (reasons) => rejectedJson(text, at, reasons),
    };
  }
}

/** The members of a line that is an object, its text otherwise; and why it is refused. */
function rejectedJson(text: string, line: number, reasons: readonly Reason[]): string {
  let given: object = { text };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) given = value;
  } catch {
    // It is refused because it is no JSON.
  }
  return `${JSON.stringify({ ...given, line, reasons })}\n`;
}

/** Columns that a file of refused rows has at its end: it may be given again as it is. */
const notes = csvRow(['Line', 'Reason']);

async function csvSource({ file, encoding, nullWord }: File): Promise<Source> {
  const records = () => recordsOf(linesOf(textOf(file, encoding)));
  const header = await headerOf(file, records());
  const names = csvRow(header.slice(-2)) === notes ? header.slice(0, -2) : header;
  const columns = columnsOf(names);
  return {
    rejectsHeader: csvRejectsHeader(names),
    async *rows() {
      let ordinal = -1;
      for await (const { line, text, cells: all, fault } of records()) {
        ordinal++;
        if (ordinal === 0) continue;
        const cells = names === header ? all : (all?.slice(0, names.length) ?? null);
        yield {
          ordinal,
          line,
          read:
            cells === null
              ? { reasons: [malformed(`The row is not CSV: ${fault ?? ''}.`)] }
              : readCells(cells, columns, nullWord),
          rejected: (reasons) =>
            csvReject(names.length, cells ?? [text], line, reasons.map(reasonText).join('; ')),
        };
      }
    },
  };
}

async function headerOf(file: string, records: ReturnType<typeof recordsOf>): Promise<readonly string[]> {
  for await (const { cells, fault } of records) {
    if (cells !== null) return cells.map((cell) => cell.trim());
    throw new Failure('BAD_USER_INPUT', `The header of ${file} is not CSV: ${fault ?? ''}.`);
  }
  throw new Failure('BAD_USER_INPUT', `${file} has no header and no rows.`);
}
