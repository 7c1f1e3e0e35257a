import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/** Encodings that a file may be in. */
const encodings = ['utf-8', 'utf-16le', 'windows-1252'] as const;
export type Encoding = (typeof encodings)[number];

/** What may be said of them, for a help text. */
export const encodingNames = encodings.join(', ');

/**
 * The encoding with this name; UTF-8 where none is given.
 * @throws Failure BAD_USER_INPUT
 */
export function encodingNamed(name = 'utf-8'): Encoding {
  const found = encodings.find((one) => one === name.toLowerCase());
  if (found === undefined) throw refused(`--encoding must be one of ${encodingNames}.`);
  return found;
}

/** A file, and the encoding that somebody says it has. */
interface Source {
  readonly file: string;
  readonly encoding: Encoding;
}

/**
 * Reads a file once to see that it can be used: that it is there, is text, and is text of its encoding to the end, so
 * that nothing is done out of a file that turns out to be garbled later.
 * @returns the encoding, that of the order unless the file begins with the mark of another one, and how many lines it has
 * @throws Failure BAD_USER_INPUT with what to do
 */
export async function checkText({
  file,
  encoding,
}: Source): Promise<{ readonly encoding: string; readonly lines: number }> {
  const start = await beginningOf(file);
  if (start.length === 0) throw refused(`${file} is empty.`);
  if (start.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) {
    throw refused(`${file} is a spreadsheet, not a text file; save it as "CSV UTF-8" and use that.`);
  }
  const marked = encodingMarked(start) ?? encoding;
  const decoder = new TextDecoder(marked, { fatal: true });
  let [before, line] = [1, 1];
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      before = line;
      line += count(chunk);
      decoder.decode(chunk, { stream: true });
    }
    decoder.decode();
  } catch (cause) {
    const near = before === line ? `in line ${line}` : `between the lines ${before} and ${line}`;
    const otherwise = 'save it as "CSV UTF-8", or add --encoding windows-1252 if an older Excel wrote it';
    const sentence = `${file} is not ${marked.toUpperCase()}: ${near} is a byte that it does not allow; ${otherwise}.`;
    throw new Failure('BAD_USER_INPUT', sentence, { cause });
  }
  return { encoding: marked, lines: line };
}

/** The text of a file in pieces, without a byte order mark. */
export async function* textOf(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

async function beginningOf(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const directory =
      typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EISDIR';
    throw new Failure(
      'BAD_USER_INPUT',
      directory
        ? `${file} is a directory; name a file.`
        : `${file} cannot be read; name a file that is there.`,
      { cause },
    );
  }
}

function encodingMarked(start: Buffer): string | null {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 'utf-8' : null;
}

function count(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

const refused = (sentence: string): Failure => new Failure('BAD_USER_INPUT', sentence);
