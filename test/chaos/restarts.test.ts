import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeOwnPlace, type Place } from './place.ts';
import { run } from './run.ts';

let place: Place | null = null;
beforeAll(async () => {
  place = await makeOwnPlace();
});
afterAll(() => place?.remove());

/** Milliseconds for a run on a machine that has much else to do. */
const patience = 600_000;

test(
  'a database that ends in the middle and comes back costs no write and no process',
  async () => {
    if (!place?.restart) {
      process.stderr.write('not run: restarts of the database (PostgreSQL is not installed here)\n');
      return;
    }
    const { store, restart } = place;
    const { violations, told, claims, restarts } = await run({
      ...{ file: 'worker.ts', writes: 60, kills: 0, seed: 1, mutant: null, store, workers: 2 },
      ...{ restarts: 3, restart },
      answered: () => undefined,
    });
    expect(violations).toEqual([]);
    expect(told).toHaveLength(60);
    expect(restarts.count).toBe(3);
    expect(claims.filter(({ state }) => state === 'SUCCEEDED').length).toBeGreaterThan(30);
  },
  patience,
);
