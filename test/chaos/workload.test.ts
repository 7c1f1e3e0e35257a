import { expect, test } from '@jest/globals';
import { workload } from './workload.ts';

const customers = Array.from({ length: 24 }, (_, i) => `customer-${i}`);
const writes = workload({ writes: 400, seed: 5, customers });

test('the same seed gives the same writes, another seed gives others', () => {
  expect(workload({ writes: 400, seed: 5, customers })).toEqual(writes);
  expect(workload({ writes: 400, seed: 6, customers })).not.toEqual(writes);
});

test('every value of a write has its mark, and that of no other write', () => {
  for (const { mark, changes } of writes) {
    for (const value of Object.values(changes)) {
      expect(
        JSON.stringify(value)
          .match(/w\d{6}/g)
          ?.every((found) => found === mark),
      ).toBe(true);
    }
  }
  expect(new Set(writes.map(({ mark }) => mark)).size).toBe(writes.length);
  expect(new Set(writes.map(({ key }) => key)).size).toBe(writes.length);
});

test('there are writes of all kinds: both modes, one to many attributes, refused ones, hot and cold customers', () => {
  expect(new Set(writes.map(({ mode }) => mode)).size).toBe(2);
  expect(new Set(writes.map(({ wait }) => wait)).size).toBe(2);
  const sizes = new Set(writes.map(({ changes }) => Object.keys(changes).length));
  expect([...sizes]).toEqual(expect.arrayContaining([1, 2, 3]));
  expect(writes.filter(({ changes }) => 'paymentTerms' in changes).length).toBeGreaterThan(0);
  const about = Map.groupBy(writes, ({ customer }) => customer);
  const counts = customers.map((customer) => about.get(customer)?.length ?? 0);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(Math.min(...counts.slice(0, 3))).toBeGreaterThan(2 * Math.max(...counts.slice(3)));
});
