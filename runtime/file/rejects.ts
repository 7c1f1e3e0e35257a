import { open } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { csvRow } from './csv.ts';

/** A file of refused rows, to be mended and given again. */
export interface Rejects {
  /** Adds rows of text, which may be kept in memory until they are flushed. */
  add(text: string): void;
  /** Bytes of all that was added, and of what was there before. */
  readonly size: number;
  /** Resolves when what was added is in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes refused rows to a file in UTF-8.
 * @param keep bytes of the file that stay; those after them go
 * @throws Failure BAD_USER_INPUT where the file cannot be written
 */
export async function openRejects(file: string, keep = 0): Promise<Rejects> {
  const handle = await open(file, 'a').catch((cause: unknown) => {
    const sentence = `${file} cannot be written; give --rejects a file in a folder that can.`;
    throw new Failure('BAD_USER_INPUT', sentence, { cause });
  });
  let size = Math.min(keep, (await handle.stat()).size);
  let pending: string[] = [];
  let written = handle.truncate(size);
  const flush = () => {
    const text = pending.join('');
    pending = [];
    return (written = written.then(() => (text === '' ? undefined : handle.appendFile(text))));
  };
  return {
    add(text) {
      pending.push(text);
      size += Buffer.byteLength(text);
    },
    get size() {
      return size;
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        await handle.close();
      }
    },
  };
}

/** Header of the refused rows of a CSV file: the columns of the input, and the line and the reason after them. */
export function csvRejectsHeader(headers: readonly string[]): string {
  return csvRow([...headers, 'Line', 'Reason']);
}

/** A refused row of a CSV file with so many columns. */
export function csvReject(columns: number, cells: readonly string[], line: number, reason: string): string {
  const row = Array.from({ length: columns }, (_, i) => cells[i] ?? '');
  return csvRow([...row, ...cells.slice(columns), String(line), reason]);
}
