import { afterEach, expect, test } from '@jest/globals';
import { makePlace, type Place } from './place.ts';
import { run, type Outcome } from './run.ts';

let place: Place | null = null;
afterEach(async () => {
  await place?.remove();
  place = null;
});

/** Milliseconds for a run on a machine that has much else to do. */
const patience = 900_000;

/** A short run on the embedded store, which is made for it. */
async function runOf(file: string, writes: number, kills: number, onboarding: boolean): Promise<Outcome> {
  place = await makePlace('pglite');
  if (!place) throw new Error('the embedded store needs nothing');
  const { store, workers } = place;
  return run({
    ...{ file, writes, kills, onboarding, seed: 1, mutant: null, store, workers },
    answered: () => undefined,
  });
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, count) => all + count, 0);

test(
  'every write and every new customer comes to its end once and as the owners say, although the worker is killed again and again',
  async () => {
    const { violations, told, claims, killed, paused, onboardings, records } = await runOf(
      'worker.ts',
      60,
      5,
      true,
    );
    expect(violations).toEqual([]);
    expect(told).toHaveLength(60);
    expect(sum(killed)).toBe(5);
    expect(sum(paused)).toBe(1);
    expect(claims.filter(({ state }) => state === 'SUCCEEDED').length).toBeGreaterThan(30);
    expect(onboardings).toHaveLength(6);
    // One was given up and had an account, one waits for a person, one was mended and one was plain.
    expect(onboardings.filter(({ state }) => state === 'SUCCEEDED').length).toBeGreaterThan(1);
    expect(records.withdrawn).toBeGreaterThan(0);
  },
  patience,
);

test(
  'a coordination layer without a journal is found out',
  async () => {
    const { violations, told, effects } = await runOf('naive.ts', 40, 3, false);
    expect(told).toHaveLength(40);
    expect(effects).toBeGreaterThan(0);
    const found = new Set(violations.map(({ property }) => property));
    expect([...found]).toEqual(expect.arrayContaining(['lost', 'phantom']));
  },
  patience,
);
