import { Failure } from '../runtime/failure.ts';
import type { Head } from './change.ts';

/** What a cursor begins with; another number will be another form. */
const form = 1;
/** Bytes of the log's own name: enough to tell cursors of two databases apart. */
const nameBytes = 6;

/**
 * The cursor of a position: whoever gives it goes on with the change after that one. Between 11 and 20 characters, so that
 * it fits into the reason with which a WebSocket is closed.
 */
export function cursorAt({ epoch }: Pick<Head, 'epoch'>, position: string): string {
  const digits = BigInt(position).toString(16);
  const number = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(form), nameOf(epoch), number]).toString('base64url');
}

/**
 * The position that a cursor stands for.
 * @param head of the log, read after the cursor came: another process may have given it for a change just told
 * @throws Failure INVALID_CURSOR where it is not of this log, CURSOR_EXPIRED where changes after it are kept no longer
 */
export function positionOf(cursor: string, head: Head): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const number = bytes.subarray(1 + nameBytes);
  const made = bytes[0] === form && number.length > 0 && number.length <= 8;
  const position = made ? BigInt(`0x${number.toString('hex')}`) : 0n;
  const name = bytes.subarray(1, 1 + nameBytes);
  if (!made || cursorFrom(name, position) !== cursor)
    throw new Failure('INVALID_CURSOR', 'This is no cursor of the change feed; use one that it gave.');
  if (!name.equals(nameOf(head.epoch)))
    throw new Failure(
      'INVALID_CURSOR',
      'This cursor is of the change feed of another database; begin again with a snapshot of this one.',
    );
  if (position > BigInt(head.position))
    throw new Failure(
      'INVALID_CURSOR',
      'This cursor is of a change that this database does not know, as after a restore; begin again with a snapshot.',
    );
  if (position < BigInt(head.floor)) throw expired(head);
  return position.toString();
}

/** The failure of whoever would go on from before the oldest change that is kept. */
export function expired(head: Pick<Head, 'epoch' | 'floor'>): Failure {
  return new Failure(
    'CURSOR_EXPIRED',
    'Changes after this cursor are kept no longer: read everything as it is with "snapshot: true" and go on from the ' +
      'cursor that it gives, or go on from the cursor in "oldest" and miss what came before.',
    { oldest: cursorAt(head, head.floor) },
  );
}

function cursorFrom(name: Uint8Array, position: bigint): string {
  const epoch = Buffer.from(name).toString('hex');
  return cursorAt({ epoch }, position.toString());
}

/** The beginning of the log's epoch, a UUID. */
const nameOf = (epoch: string): Buffer =>
  Buffer.from(epoch.replaceAll('-', '').slice(0, 2 * nameBytes), 'hex');
