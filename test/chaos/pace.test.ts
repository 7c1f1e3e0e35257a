import { expect, test } from '@jest/globals';
import { paceOf } from './pace.ts';

/** The indices of those that need not wait any more. */
async function free(all: readonly Promise<void>[]): Promise<readonly number[]> {
  const done: number[] = [];
  all.forEach((one, i) => void one.then(() => done.push(i)));
  await new Promise(setImmediate);
  return done;
}

test('no blow falls before its writes are answered, and no write is sent two blows ahead', async () => {
  const pace = paceOf(40, 3);
  const blows = [0, 1, 2].map((i) => pace.mayFall(i));
  const writes = [0, 19, 20, 29, 30, 39].map((i) => pace.mayBeSent(i));
  expect([await free(blows), await free(writes)]).toEqual([[0], [0, 1]]);
  pace.answered(10);
  pace.fallen(1);
  expect([await free(blows), await free(writes)]).toEqual([
    [0, 1],
    [0, 1, 2, 3],
  ]);
  pace.answered(20);
  pace.fallen(3);
  expect([await free(blows), await free(writes)]).toEqual([
    [0, 1, 2],
    [0, 1, 2, 3, 4, 5],
  ]);
});

test('every blow may fall and every write may be sent in the end, however many there are of each', async () => {
  for (const [writes, blows] of [
    [1, 5],
    [5, 0],
    [7, 3],
    [100, 60],
  ] as const) {
    const pace = paceOf(writes, blows);
    let [sent, struck] = [0, 0];
    for (let moved = true; moved;) {
      moved = false;
      while (sent < writes && (await free([pace.mayBeSent(sent)])).length > 0) {
        pace.answered(++sent);
        moved = true;
      }
      while (struck < blows && (await free([pace.mayFall(struck)])).length > 0) {
        pace.fallen(++struck);
        moved = true;
      }
    }
    expect({ writes, blows, sent, struck }).toEqual({ writes, blows, sent: writes, struck: blows });
  }
});
