import { expect, test } from '@jest/globals';
import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import { blows, nextDisruption } from './disruptions.ts';

test('as many kills as are asked for, and a pause after every so many', () => {
  const all = blows(50, 4);
  expect(all.filter((how) => how === 'SIGKILL')).toHaveLength(50);
  expect(all.filter((how) => how === 'SIGSTOP')).toHaveLength(12);
  expect(all.slice(0, 5)).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGSTOP']);
});

test('every boundary is met before long, by either blow, and other moments as well', () => {
  const boundaries = Array.from({ length: 10 }, (_, i) => `boundary ${i}`);
  for (const how of ['SIGKILL', 'SIGSTOP'] as const) {
    const met = { SIGKILL: new Map<string, number>(), SIGSTOP: new Map<string, number>() };
    let moments = 0;
    const draws = drawsOf(1, 1, 1);
    for (let i = 0; i < 40; i++) {
      const { at, leases } = nextDisruption(how, draws, boundaries, met);
      expect(leases).toBeGreaterThan(1);
      if (at[0] === undefined) moments += 1;
      else met[how].set(at[0], (met[how].get(at[0]) ?? 0) + 1);
    }
    expect(met[how].size).toBe(boundaries.length);
    expect(moments).toBeGreaterThan(0);
  }
});

test('where no boundary is known, a worker is met at any moment', () => {
  const none = { SIGKILL: new Map<string, number>(), SIGSTOP: new Map<string, number>() };
  expect(nextDisruption('SIGKILL', drawsOf(1, 1, 1), [], none).at).toEqual([]);
});
