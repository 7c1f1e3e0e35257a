import { Failure } from '../failure.ts';

/** Characters of one line at most. */
const longestLine = 1_000_000;

/**
 * The lines of a text in pieces, without their ends: LF, CRLF or CR.
 * @throws Failure BAD_USER_INPUT for a line of more than a million characters
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    // A CR at the end may be the first half of CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) {
      throw new Failure(
        'BAD_USER_INPUT',
        'The file has a line of more than a million characters: it is not one of rows.',
      );
    }
    yield* lines;
  }
  yield* rest.split('\r').filter((line, at, all) => line !== '' || at < all.length - 1);
}
