import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Failure } from '../../runtime/failure.ts';

/** A file of refused rows, to be corrected and imported again. */
export interface Rejects {
  add(cells: readonly string[], line: number, reason: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes refused rows to a file: comma-separated, UTF-8, the columns of the input with the line and the reason after them.
 * @throws Failure BAD_USER_INPUT where the file cannot be written
 */
export async function openRejects(file: string, headers: readonly string[]): Promise<Rejects> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw new Failure(
      'BAD_USER_INPUT',
      `${file} cannot be written; give --rejects a file in a folder that can.`,
      {
        cause,
      },
    );
  }
  const write = async (cells: readonly string[]) => {
    if (!stream.write(`${cells.map(quoted).join(',')}\r\n`)) await once(stream, 'drain');
  };
  await write([...headers, 'Line', 'Reason']);
  return {
    add: (cells, line, reason) => {
      const row = Array.from({ length: headers.length }, (_, i) => cells[i] ?? '');
      return write([...row, ...cells.slice(headers.length), String(line), reason]);
    },
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
