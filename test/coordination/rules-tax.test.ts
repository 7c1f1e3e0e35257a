import { describe, expect, test } from '@jest/globals';
import { refusedAt, written } from './rules-support.ts';

const registration = (country: string, kind: string, number: string) => ({
  country,
  kind,
  number,
  validFrom: null,
  validTo: null,
});

/** Numbers of companies and examples of tax offices. */
const good: readonly (readonly [country: string, kind: string, number: string])[] = [
  ['AT', 'VAT', 'ATU13585627'],
  ['AT', 'VAT', 'U13585627'],
  ['AU', 'GST', '51 824 753 556'],
  ['AU', 'GST', 'AU51824753556'],
  ['BE', 'VAT', 'BE 0203.201.340'],
  ['BE', 'VAT', '0203201340'],
  ['BG', 'VAT', 'BG175074752'],
  ['BR', 'LOCAL', '33.000.167/0001-01'],
  ['BR', 'LOCAL', '12.ABC.345/01DE-35'],
  ['CA', 'GST', '123026635 RT 0001'],
  ['CH', 'VAT', 'CHE-107.787.577 MWST'],
  ['CH', 'VAT', 'CHE-107.787.577'],
  ['CN', 'VAT', '91110000802100433B'],
  ['CN', 'LOCAL', '911101085923662400'],
  ['CZ', 'VAT', 'CZ45274649'],
  ['DE', 'VAT', 'DE 136 695 976'],
  ['DE', 'VAT', '136695976'],
  ['DE', 'LOCAL', '181/815/08155'],
  ['DK', 'VAT', 'DK24256790'],
  ['ES', 'VAT', 'ESA28015865'],
  ['ES', 'VAT', 'A-28015865'],
  ['FI', 'VAT', 'FI01120389'],
  ['FR', 'VAT', 'FR 40 303 265 045'],
  ['FR', 'VAT', 'FRK7399859412'],
  ['GB', 'VAT', 'GB 220 4302 31'],
  ['GB', 'VAT', '220430231'],
  ['GB', 'VAT', 'GB980780684001'],
  ['GB', 'VAT', 'XI 220 4302 31'],
  ['GB', 'VAT', 'XI980780684'],
  ['GR', 'VAT', 'EL094014201'],
  ['GR', 'VAT', 'GR094014201'],
  ['GR', 'VAT', '094014201'],
  ['IE', 'VAT', 'IE6388047V'],
  ['IE', 'VAT', 'IE6433435OA'],
  ['IM', 'VAT', 'GB980780684'],
  ['IN', 'GST', '27AAPFU0939F1ZV'],
  ['IT', 'VAT', 'IT00743110157'],
  ['JP', 'LOCAL', '1180301018771'],
  ['JP', 'VAT', 'T1180301018771'],
  ['KR', 'VAT', '124-81-00998'],
  ['LU', 'VAT', 'LU26375245'],
  ['MC', 'VAT', 'FR53000004605'],
  ['MX', 'LOCAL', 'MAB-930714-8T4'],
  ['NL', 'VAT', 'NL004495445B01'],
  ['NO', 'VAT', 'NO 923 609 016 MVA'],
  ['NO', 'VAT', '923609016'],
  ['NZ', 'GST', '49-098-576'],
  ['PL', 'VAT', 'PL7740001454'],
  ['PT', 'VAT', 'PT501964843'],
  ['SE', 'VAT', 'SE556012579001'],
  ['TR', 'LOCAL', '4540536920'],
  ['US', 'EIN', '91-1144442'],
  ['US', 'LOCAL', 'TX-32012345678'],
  ['ZA', 'VAT', '4220123453'],
  ['SG', 'GST', 'M2-0012345-6'],
  ['NG', 'VAT', '01012345-0001'],
];

const bad: typeof good = [
  ['AT', 'VAT', 'ATU13585626'],
  ['AU', 'GST', '51824753557'],
  ['BE', 'VAT', 'BE0203201341'],
  ['BG', 'VAT', 'BG175074751'],
  ['BR', 'LOCAL', '33.000.167/0001-02'],
  ['CA', 'GST', '123026634RT0001'],
  ['CH', 'VAT', 'CHE-107.787.578 MWST'],
  ['CN', 'VAT', '91110000802100433A'],
  ['CN', 'LOCAL', '911101085923662300'],
  ['CZ', 'VAT', 'CZ45274648'],
  ['DE', 'VAT', 'DE136695977'],
  ['DE', 'VAT', 'DEDE136695976'],
  ['DE', 'VAT', 'FR40303265045'],
  ['DK', 'VAT', 'DK24256791'],
  ['ES', 'VAT', 'ESA28015866'],
  ['FI', 'VAT', 'FI01120388'],
  ['FR', 'VAT', 'FR41303265045'],
  ['GB', 'VAT', 'GB220430232'],
  ['GB', 'VAT', 'XI220430232'],
  ['GB', 'VAT', 'XIGB220430231'],
  ['GR', 'VAT', 'EL094014202'],
  ['IE', 'VAT', 'IE6388047W'],
  ['IE', 'VAT', 'XI220430231'],
  ['IN', 'GST', '27AAPFU0939F1Z5'],
  ['IT', 'VAT', 'IT00743110158'],
  ['JP', 'LOCAL', '2180301018771'],
  ['KR', 'VAT', '124-81-00997'],
  ['MX', 'LOCAL', 'MAB9307148T5'],
  ['NL', 'VAT', 'NL004495446B01'],
  ['NO', 'VAT', 'NO923609017MVA'],
  ['NZ', 'GST', '49-098-577'],
  ['PL', 'VAT', 'PL7740001455'],
  ['PT', 'VAT', 'PT501964844'],
  ['SE', 'VAT', 'SE556012579101'],
  ['TR', 'LOCAL', '4540536921'],
  ['US', 'EIN', '07-1144442'],
  ['US', 'EIN', '91-114444'],
  ['NG', 'VAT', 'n/a'],
  ['NG', 'VAT', 'none'],
  ['NG', 'VAT', '1'],
  ['NG', 'VAT', '12345678 <script>'],
];

test.each(good)('%s has the %s number %s', (country, kind, number) => {
  expect(refusedAt('tax', registration(country, kind, number))).toEqual([]);
});

test.each(bad)('%s has no %s number %s', (country, kind, number) => {
  expect(refusedAt('tax', registration(country, kind, number))).toEqual(['number INVALID_VALUE']);
});

test('a wrong digit within a number is found wherever there is a check', () => {
  const unchecked = new Set(['DE LOCAL', 'NG VAT', 'SG GST', 'US EIN', 'US LOCAL', 'ZA VAT']);
  const checked = good.filter(([country, kind]) => !unchecked.has(`${country} ${kind}`));
  expect(checked.length).toBeGreaterThan(45);
  for (const [country, kind, number] of checked) {
    const place = [...number.matchAll(/\d/g)][3]?.index ?? 0;
    const changed = Array.from(
      '0123456789',
      (digit) => number.slice(0, place) + digit + number.slice(place + 1),
    );
    const taken = changed.filter((one) => refusedAt('tax', registration(country, kind, one)).length === 0);
    // Britain has two check sums, and so has Ireland: another digit or two may fit.
    expect([number, taken.includes(number), taken.length <= 3]).toEqual([number, true, true]);
  }
});

describe('the form in which a tax id is written', () => {
  test.each([
    ['DE', 'VAT', ' de 136.695-976 ', 'DE136695976'],
    ['GB', 'VAT', 'xi 220 4302 31', 'XI220430231'],
    ['GB', 'VAT', 'GB 220 4302 31', 'GB220430231'],
    ['GB', 'VAT', '220 4302 31', '220430231'],
    ['GR', 'VAT', 'gr 094014201', 'GR094014201'],
    ['FR', 'VAT', 'ＦＲ40303265045', 'FR40303265045'],
    ['MX', 'LOCAL', 'mab 930714 8t4', 'MAB9307148T4'],
  ])('of %s, %s, %j is %s', (country, kind, number, form) => {
    expect(written('tax', registration(country, kind, number))).toEqual(registration(country, kind, form));
  });
});

test.each([
  ['DE', 'EIN', 'kind INVALID_VALUE'],
  ['DE', 'GST', 'kind INVALID_VALUE'],
  ['GB', 'GST', 'kind INVALID_VALUE'],
])('%s issues no %s', (country, kind, refusal) => {
  expect(refusedAt('tax', registration(country, kind, '136695976'))).toContain(refusal);
});

test('a registration ends when it begins, or later; where one end is open, anything goes', () => {
  const within = (validFrom: string | null, validTo: string | null) =>
    refusedAt('tax', { ...registration('DE', 'VAT', 'DE136695976'), validFrom, validTo });
  expect(within('2026-03-01', '2026-02-28')).toEqual(['validTo INVALID_VALUE']);
  expect(within('2026-03-01', '2026-03-01')).toEqual([]);
  expect(within('2026-03-01', null)).toEqual([]);
  expect(within(null, '2026-02-28')).toEqual([]);
  expect(within('2026-02-30', '2026-02-28')).toEqual(['validFrom INVALID_VALUE']);
});

test('in a list each registration is told apart, and everything wrong with it at once', () => {
  const taxes = [
    registration('DE', 'VAT', 'DE136695976'),
    { ...registration('FR', 'VAT', 'FR41303265045'), validFrom: '2026-03-01', validTo: '2025-03-01' },
    registration('XI', 'VAT', 'XI220430231'),
  ];
  expect(refusedAt('taxes', taxes)).toEqual([
    '1.number INVALID_VALUE',
    '1.validTo INVALID_VALUE',
    '2.country INVALID_VALUE',
  ]);
});
