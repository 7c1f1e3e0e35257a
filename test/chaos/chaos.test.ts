import { expect, test } from '@jest/globals';
import { makePlace } from './place.ts';
import { run } from './run.ts';

test('a coordination layer without a journal is found out', async () => {
  const place = await makePlace('pglite');
  if (!place) throw new Error('the embedded store needs nothing');
  try {
    const { store, workers } = place;
    const outcome = await run({
      ...{ writes: 40, kills: 3, seed: 1, mutant: null, file: 'naive.ts', store, workers },
      answered: () => undefined,
    });
    expect(outcome.told).toHaveLength(40);
    expect(outcome.effects).toBeGreaterThan(0);
    const found = new Set(outcome.violations.map(({ property }) => property));
    expect([...found]).toEqual(expect.arrayContaining(['lost', 'phantom']));
  } finally {
    await place.remove();
  }
}, 120_000);
