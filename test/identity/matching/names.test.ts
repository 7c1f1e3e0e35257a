import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldAddress } from '../../../identity/keying.ts';
import { foldName } from '../../../identity/facts.ts';
import { addressesAlike, addressOf } from '../../../identity/matching/address.ts';
import { jaroWinkler } from '../../../identity/matching/alike.ts';
import { latin } from '../../../identity/matching/latin.ts';
import { nameOf, namesAlike } from '../../../identity/matching/name.ts';
import { soundOf } from '../../../identity/matching/sound.ts';

const name = (text: string, country: string | null = null) => nameOf(foldName(text), country);
const core = (text: string, country: string | null = null) =>
  name(text, country)
    .words.map((word) => word.text)
    .join(' ');

test.each([
  ['Blauer See Delikatessen GmbH', 'DE', 'blaur see delikatessen', ['gmbh']],
  ['Blauer See Gesellschaft mit beschränkter Haftung', 'DE', 'blaur see', ['gmbh']],
  ['Müller GmbH & Co. KG', 'DE', 'muller', ['gmbh co kg']],
  ['Mueller KG', 'DE', 'muller', ['kg']],
  ['Acme Ltd.', 'GB', 'acme', ['ltd']],
  ['Acme Limited', null, 'acme', ['ltd']],
  ['Comércio Mineiro S/A', 'BR', 'comercio mineiro', ['sa']],
  ['Tortuga S.A. de C.V.', 'MX', 'tortuga', ['sa de cv']],
  ['Wolski Zajazd Sp. z o.o.', 'PL', 'wolski zajazd', ['sp zoo']],
  ['Vaffeljernet A/S', 'DK', 'vaffeljernet', ['as']],
  ['ООО «Ромашка»', 'RU', 'romashka', ['ooo']],
  ['株式会社トヨタ', 'JP', foldName('トヨタ'), ['kk']],
  ['Limited', 'GB', 'limited', []],
  ['The Big Cheese', 'US', 'big cheese', []],
])('of %j in %s the name is %j and the form %j', (text, country, words, forms) => {
  expect(core(text, country)).toBe(words);
  expect(name(text, country).forms).toEqual(forms);
});

test.each([
  ['Газпром', 'gazprom'],
  ['Чайковский', 'chaikovskii'],
  ['Київ', 'kiiv'],
  ['Παπαδόπουλος', 'papadopulos'],
  ['Ευρώπη', 'evropi'],
  ['Μπακάλης', 'bakalis'],
  ['თბილისი', 'tbilisi'],
  ['Երևան', 'erevan'],
  ['トヨタ', foldName('トヨタ')],
])('%j is read as %j', (text, read) => {
  expect(latin(foldName(text))).toBe(read);
});

test.each([
  ['meyer', 'maier'],
  ['schmidt', 'schmitt'],
  ['tchaikovsky', 'tschaikowski'],
  ['philipp', 'filip'],
  ['delikatessen', 'delicatesen'],
])('%s sounds like %s', (one, other) => {
  expect(soundOf(one)).toBe(soundOf(other));
});

describe('how alike names are', () => {
  test.each([
    ['Alfreds Futterkiste', 'Futterkiste, Alfreds GmbH', 1],
    ['Data Works', 'DataWorks', 1],
    ['Газпром', 'Gazprom', 1],
    ['Alfreds Futterkiste', 'Alfreds Futerkiste', 0.95],
    ['International Business Machines', 'IBM', 0.85],
  ])('%j and %j are the same', (one, other, least) => {
    expect(namesAlike(name(one), name(other))).toBeGreaterThanOrEqual(least);
  });

  test.each([
    ['Alfreds Futterkiste', 'Berglunds snabbköp'],
    ['Global Foods', 'Global Logistics'],
    ['Filiale 12', 'Filiale 13'],
    ['Unlike 33', 'Unlike 1313'],
    ['Nord Bau', 'Süd Bau'],
  ])('%j and %j are not', (one, other) => {
    expect(namesAlike(name(one), name(other))).toBeLessThan(0.8);
  });

  test('is between 0 and 1, 1 for the same, and does not depend on who comes first', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        (a, b) => {
          const [one, other] = [name(a), name(b)];
          const alike = namesAlike(one, other);
          expect(alike).toBeGreaterThanOrEqual(0);
          expect(alike).toBeLessThanOrEqual(1);
          expect(namesAlike(other, one)).toBeCloseTo(alike, 9);
          expect(namesAlike(one, one)).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['martha', 'marhta', 0.961],
  ['dwayne', 'duane', 0.84],
  ['dixon', 'dicksonx', 0.813],
  ['abc', 'xyz', 0],
  ['', 'a', 0],
])('Jaro and Winkler find %j and %j alike by %d', (one, other, alike) => {
  expect(jaroWinkler(one, other)).toBeCloseTo(alike, 3);
});

describe('how alike addresses are', () => {
  const seat = { street: 'Obere Str. 57', postalCode: '12209', city: 'Berlin', country: 'DE' };
  const alike = (other: object) =>
    addressesAlike(addressOf(foldAddress(seat)), addressOf(foldAddress({ country: 'DE', ...other })));

  test.each<[string, object, number, number]>([
    ['the same', seat, 1, 1],
    ['written in full', { ...seat, street: 'Obere Straße 57' }, 1, 1],
    ['town and street mixed up', { ...seat, street: 'Berlin', city: 'Obere Str. 57' }, 0.9, 1],
    ['another house', { ...seat, street: 'Obere Str. 58' }, 0.5, 0.95],
    ['only the town', { city: 'Berlin' }, 0.6, 0.6],
    ['another town', { street: 'Market 1', postalCode: '99999', city: 'Leeds' }, 0, 0.1],
  ])('%s', (_, other, least, most) => {
    expect(alike(other)).toBeGreaterThanOrEqual(least);
    expect(alike(other)).toBeLessThanOrEqual(most);
  });

  test('nothing where they have no part in common', () => {
    expect(addressesAlike(addressOf('|12209||'), addressOf('||leeds|'))).toBeNull();
  });
});
