import { Failure } from './failure.ts';

/** Largest page of any connection. */
export const pageLimit = 100;

/** An opaque cursor: what list it belongs to, and a position in it. */
export function encodeCursor(list: string, position: string): string {
  return Buffer.from(`${list}\n${position}`).toString('base64url');
}

/** The position in a cursor; refuses one that was not made by `encodeCursor` for this list. */
export function decodeCursor(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const ours = text.startsWith(`${list}\n`) && encodeCursor(list, text.slice(list.length + 1)) === cursor;
  if (!ours) {
    throw new Failure(
      'INVALID_CURSOR',
      'This cursor does not belong to this list; use an endCursor it gave.',
    );
  }
  return text.slice(list.length + 1);
}

/** The size of the page that was asked for; refuses one outside 1 to `pageLimit`. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? 20;
  if (size < 1) throw new Failure('BAD_USER_INPUT', `"first" is ${size}; ask for at least 1.`);
  if (size > pageLimit) {
    throw new Failure('PAGE_SIZE_EXCEEDED', `"first" is ${size}; ask for at most ${pageLimit} at a time.`);
  }
  return size;
}
