import { expect, test } from '@jest/globals';
import { newcomers, newcomersAmong, sayingOf, type Course, type Newcomer } from './newcomers.ts';
import { onboarding } from './admissions.ts';

const accounts = Array.from({ length: 40 }, (_, i) => ({ customer: `customer-${i}`, key: `key-${i}` }));
const among = (seed: number) => newcomers({ writes: 400, seed, accounts });
const all = among(5);

test('the same seed gives the same newcomers, another seed gives others', () => {
  expect(among(5)).toEqual(all);
  expect(among(6)).not.toEqual(all);
});

test('one comes with every tenth write, in every course, some with an account of their own', () => {
  expect(all).toHaveLength(newcomersAmong(400));
  expect(all.map(({ index }) => index)).toEqual(all.map((_, i) => i * 10));
  expect(new Set(all.map(({ course }) => course)).size).toBe(5);
  // However few they are, and whatever the seed is, most courses come round.
  for (let seed = 0; seed < 7; seed++)
    expect(new Set(newcomers({ writes: 70, seed, accounts }).map(({ course }) => course)).size).toBe(5);
  const theirs = all.flatMap(({ account }) => account ?? []);
  expect(theirs.length).toBeGreaterThan(5);
  expect(theirs.length).toBeLessThan(all.length - 5);
  expect(new Set(theirs).size).toBe(theirs.length);
});

test('no two share a key, a name, a tax id or a street', () => {
  const distinct = (of: (one: Newcomer) => unknown) => {
    expect(new Set(all.map((one) => JSON.stringify(of(one)))).size).toBe(all.length);
  };
  distinct(({ key }) => key);
  distinct(({ values }) => values.name);
  distinct(({ values }) => values.taxRegistrations);
  distinct(({ values }) => values.billingAddress);
});

test('a person says what the course is, when it is time, and nothing once it is over', () => {
  const says = (course: Course, more: Parameters<typeof onboarding>[0]) => {
    const one = all.find((newcomer) => newcomer.course === course);
    return one && (sayingOf(one, onboarding({ state: 'PARKED', ...more }))?.say ?? null);
  };
  const refused = { kind: 'REFUSED', candidates: [] };
  const same = { kind: 'DUPLICATE', candidates: ['d'] };
  expect(says('GIVEN_UP', { question: refused })).toBe('CANCEL');
  expect(says('MENDED', { question: refused })).toBe('ANSWER');
  expect(says('LEFT', { question: refused })).toBeNull();
  expect(says('PLAIN', { question: same })).toBe('ANSWER');
  expect(says('CANCELLED', { state: 'RUNNING', stage: 'CRM_ACCOUNT' })).toBeNull();
  expect(says('CANCELLED', { state: 'RUNNING', stage: 'ERP_CUSTOMER' })).toBe('CANCEL');
  expect(says('CANCELLED', { state: 'CANCELLED', stage: 'ERP_CUSTOMER' })).toBeNull();
  const write = { kind: 'WRITE', candidates: [] };
  expect(says('CANCELLED', { stage: 'UNDOING', question: write })).toBe('RETRY');
  expect(says('PLAIN', { stage: 'ERP_CUSTOMER', question: write })).toBeNull();
});
