import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cursorAt, positionOf } from '../../events/cursor.ts';
import { encodeCursor } from '../../runtime/cursor.ts';
import { Failure } from '../../runtime/failure.ts';

const epoch = randomUUID();
const head = { epoch, position: `${2n ** 62n}`, floor: '0' };

function failureOf(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

test('every position comes back out of its cursor, which fits into the reason of a closed socket', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.uuid(), (position, name) => {
      const cursor = cursorAt({ epoch: name }, position.toString());
      expect(cursor.length).toBeLessThanOrEqual(20);
      expect(positionOf(cursor, { ...head, epoch: name })).toBe(position.toString());
    }),
  );
});

test('whatever is not one of its cursors is refused, and nothing but a failure comes of it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.uint8Array().map((b) => Buffer.from(b).toString('base64url')),
      ),
      (text) => {
        expect(failureOf(() => positionOf(text, head)).code).toBe('INVALID_CURSOR');
      },
    ),
  );
  const cursor = cursorAt({ epoch }, '77');
  for (const other of ['', ` ${cursor}`, `${cursor}=`, cursor.slice(0, -1), encodeCursor('customers', '7')])
    expect(failureOf(() => positionOf(other, head)).code).toBe('INVALID_CURSOR');
});

test('a cursor of another database is told as such', () => {
  const failure = failureOf(() => positionOf(cursorAt({ epoch: randomUUID() }, '7'), head));
  expect([failure.code, failure.message]).toEqual([
    'INVALID_CURSOR',
    expect.stringContaining('another database'),
  ]);
});

test('a cursor from before a restore is not taken for one of now', () => {
  const failure = failureOf(() => positionOf(cursorAt({ epoch }, '8'), { ...head, position: '7' }));
  expect([failure.code, failure.message]).toEqual(['INVALID_CURSOR', expect.stringContaining('restore')]);
});

test('a cursor from before the oldest change names the snapshot to run and the oldest cursor', () => {
  const kept = { ...head, floor: '5' };
  expect(positionOf(cursorAt({ epoch }, '5'), kept)).toBe('5');
  const failure = failureOf(() => positionOf(cursorAt({ epoch }, '4'), kept));
  expect(failure.extensions).toEqual({ code: 'CURSOR_EXPIRED', oldest: cursorAt({ epoch }, '5') });
  expect(failure.message).toContain('snapshot: true');
});
