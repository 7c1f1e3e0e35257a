import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Facts } from '../../../identity/index.ts';
import { keyingWith } from '../../../identity/keying.ts';
import { blocksOf } from '../../../identity/matching/blocks.ts';
import { compare, comparePossible, sharedIdentifiers } from '../../../identity/matching/compare.ts';
import { profileOf } from '../../../identity/matching/profile.ts';
import { weightOf, weights } from '../../../identity/matching/weights.ts';
import type { MatchPart } from '../../../schema/generated/identity.ts';
import { seal } from '../../support/seal.ts';

const keying = keyingWith(seal);
const profile = (facts: Facts) => profileOf(keying(facts));

const alfreds: Facts = {
  ...{ name: 'Alfreds Futterkiste', country: 'DE', taxIds: ['DE123456789'], leis: ['5493001KJTIIGC8Y1R12'] },
  ...{ domains: ['alfreds.example'], phones: ['030-0074321'], ibans: ['DE89370400440532013000'] },
  addresses: [{ street: 'Obere Str. 57', postalCode: '12209', city: 'Berlin', country: 'DE' }],
};
const without = (...fields: (keyof Facts)[]): Facts =>
  Object.fromEntries(Object.entries(alfreds).filter(([field]) => !fields.includes(field as keyof Facts)));

describe('the verdict on two customers', () => {
  test.each<[string, Facts, string]>([
    ['all is the same', alfreds, 'SAME'],
    [
      'another form and spelling, at the same address',
      { name: 'ALFREDS-FUTTERKISTE GmbH', addresses: alfreds.addresses },
      'SAME',
    ],
    [
      'another script, and the domain',
      { name: 'Альфредс Футтеркисте', domains: ['alfreds.example'] },
      'SAME',
    ],
    [
      'moved, with the same tax id',
      { ...alfreds, addresses: [{ street: 'Via Roma 1', city: 'Bari', postalCode: '70100' }] },
      'SAME',
    ],
    ['the name and nothing else', { name: 'Alfreds Futterkiste' }, 'ASK'],
    [
      'a namesake elsewhere',
      {
        name: 'Alfreds Futterkiste',
        country: 'AT',
        taxIds: ['ATU12345678'],
        addresses: [{ street: 'Ring 1', postalCode: '1010', city: 'Wien' }],
      },
      'DIFFERENT',
    ],
    [
      'the same name with another tax id and LEI',
      { ...without('ibans', 'domains'), taxIds: ['DE987654321'], leis: ['529900T8BM49AURSDO55'] },
      'DIFFERENT',
    ],
    ['a neighbour', { name: 'Berglunds snabbköp', country: 'DE', addresses: alfreds.addresses }, 'DIFFERENT'],
    [
      'a tax id of two companies',
      { name: 'Berglunds snabbköp', country: 'SE', taxIds: ['DE123456789'] },
      'ASK',
    ],
    ['nothing to compare', {}, 'DIFFERENT'],
  ])('%s', (_, other, verdict) => {
    const comparison = compare(profile(alfreds), profile(other));
    expect(comparison.verdict).toBe(verdict);
    expect(comparePossible(profile(alfreds), profile(other))).toEqual(
      verdict === 'DIFFERENT' ? null : comparison,
    );
  });

  test('has a reason for each part that both have, the weightiest first', () => {
    const { reasons } = compare(
      profile(alfreds),
      profile({ ...alfreds, domains: ['gmail.com'], phones: ['040 7777777'] }),
    );
    expect(reasons.map(({ part }) => part)).toEqual([
      'LEI',
      'TAX_ID',
      'IBAN',
      'NAME',
      'ADDRESS',
      'COUNTRY',
      'PHONE',
    ]);
    expect(reasons.at(-1)).toEqual({ part: 'PHONE', agreement: 0, weight: weights.PHONE[0]?.[1] });
    expect(sharedIdentifiers(reasons)).toEqual(['TAX_ID', 'LEI']);
  });

  test('a free mailbox is nothing in common, a domain of their own is', () => {
    const shared = (one: string[], other: string[]) =>
      compare(profile({ domains: one }), profile({ domains: other })).reasons.map(
        ({ agreement }) => agreement,
      );
    expect(shared(['gmail.com'], ['gmail.com'])).toEqual([]);
    expect(shared(['a.example'], ['b.example', 'a.example'])).toEqual([1]);
    expect(shared(['acme.example'], ['acme.test'])).toEqual([0.8]);
  });
});

const someFacts = fc.record(
  {
    name: fc.constantFrom('Alfreds Futterkiste', 'Alfred Futterkiste GmbH', 'Berglunds', 'IBM', ''),
    country: fc.constantFrom('DE', 'AT', null),
    taxIds: fc.subarray(['DE123456789', 'DE123456798', 'ATU1234567']),
    leis: fc.subarray(['5493001KJTIIGC8Y1R12', '529900T8BM49AURSDO55']),
    domains: fc.subarray(['alfreds.example', 'alfreds.test', 'gmail.com']),
    phones: fc.subarray(['030 1234567', '040 7654321']),
    addresses: fc.subarray([
      { street: 'Obere Str. 57', city: 'Berlin' },
      { postalCode: '12209', city: 'Bari' },
    ]),
  },
  { requiredKeys: [] },
);

test('who comes first does not matter, and giving up early gives up nothing', () => {
  fc.assert(
    fc.property(someFacts, someFacts, (a, b) => {
      const [one, other] = [profile(a), profile(b)];
      const comparison = compare(one, other);
      expect(compare(other, one).score).toBeCloseTo(comparison.score, 3);
      expect(comparePossible(one, other)).toEqual(comparison.verdict === 'DIFFERENT' ? null : comparison);
    }),
    { numRuns: 300 },
  );
});

test('a weight grows with the agreement, and nothing weighs more than the whole of it', () => {
  for (const part of Object.keys(weights) as MatchPart[]) {
    const steps = Array.from({ length: 101 }, (_, i) => weightOf(part, i / 100));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBeCloseTo(weights[part].at(-1)?.[1] ?? NaN, 9);
  }
});

describe('blocks', () => {
  const shared = (one: Facts, other: Facts) => {
    const theirs = new Set(blocksOf(keying(other)));
    return blocksOf(keying(one)).filter((block) => theirs.has(block)).length;
  };

  test.each<[string, Facts]>([
    ['a tax id', { taxIds: ['de 123 456 789'] }],
    ['an LEI', { leis: ['5493001kjtiigc8y1r12'] }],
    ['a domain', { domains: ['info@alfreds.example'] }],
    ['a telephone number', { phones: ['+49 30 0074321'] }],
    ['a bank account', { ibans: ['DE89 3704 0044 0532 0130 00'] }],
    ['the sound of the name', { name: 'Alphreds Futerkyste' }],
    ['the beginning of the name', { name: 'Alfreds Fuxxerkizze', country: 'DE' }],
    ['a house', { name: 'X', addresses: [{ street: 'Obere Straße 57', postalCode: '12209' }] }],
    ['the name in another script', { name: 'Альфредс Футтеркисте' }],
  ])('are shared by those that have %s in common', (_, other) => {
    expect(shared(alfreds, other)).toBeGreaterThan(0);
  });

  test('are not shared by those that have nothing in common, and none is for nothing', () => {
    expect(shared(alfreds, { name: 'Berglunds snabbköp', country: 'SE', domains: ['gmail.com'] })).toBe(0);
    expect(shared({ domains: ['gmail.com'] }, { domains: ['gmail.com'] })).toBe(0);
    expect(blocksOf(keying({}))).toEqual([]);
  });

  test('of a customer are the same whatever it was told first', () => {
    expect(blocksOf(keying({ ...without('name'), name: alfreds.name }))).toEqual(blocksOf(keying(alfreds)));
  });
});
