import { describe, expect, test } from '@jest/globals';
import { refusedAt, written } from './rules-support.ts';

/** Of each type: values, and the forms in which they are written. */
const good: Readonly<Record<string, readonly (readonly [given: unknown, written: unknown])[]>> = {
  text: [
    [' Æther-Łódź GmbH & Co. KG ', 'Æther-Łódź GmbH & Co. KG'],
    ['Cafe\u0301', 'Café'],
    ['👩‍🚀 شرکت نمونه\u200cها', '👩‍🚀 شرکت نمونه\u200cها'],
    ['x'.repeat(4000), 'x'.repeat(4000)],
  ],
  id: [['01980000-0000-7000-8000-000000000000', '01980000-0000-7000-8000-000000000000']],
  flag: [[false, false]],
  count: [[-3, -3]],
  share: [[0.5, 0.5]],
  texts: [[[], []]],
  decimal: [
    ['1200.50', '1200.50'],
    ['-0.00', '0.00'],
    ['-1', '-1'],
    ['123456789012345678', '123456789012345678'],
    ['123456789012.345678', '123456789012.345678'],
  ],
  day: [['2024-02-29', '2024-02-29']],
  instant: [['2026-03-01T09:30:00Z', '2026-03-01T09:30:00Z']],
  currency: [['EUR', 'EUR']],
  country: [['XK', 'XK']],
  language: [
    ['de-at', 'de-AT'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['es-419', 'es-419'],
  ],
  web: [['https://example.com', 'https://example.com']],
  email: [
    ['Ada.Lovelace+graph@Example.COM', 'Ada.Lovelace+graph@example.com'],
    ["o'brien@sub.example.co.uk", "o'brien@sub.example.co.uk"],
    ['jörg@münchen.example', 'jörg@münchen.example'],
    ['x@xn--mnchen-3ya.example', 'x@xn--mnchen-3ya.example'],
  ],
  phone: [
    ['+49 30 901820', '+4930901820'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['+1 (425) 555-0100', '+14255550100'],
    ['+39 06 6982', '+39066982'],
    ['+800 1234 5678', '+80012345678'],
    ['(5) 555-4729', '(5) 555-4729'],
    ['030-0074321', '030-0074321'],
  ],
  lei: [
    ['529900T8BM49AURSDO55', '529900T8BM49AURSDO55'],
    ['5493006MHB84DD0ZWV18', '5493006MHB84DD0ZWV18'],
    ['HWUPKR0MPOU8FGXBT394', 'HWUPKR0MPOU8FGXBT394'],
  ],
  iban: [
    ['gb29 nwbk 6016 1331 9268 19', 'GB29NWBK60161331926819'],
    ['DE89370400440532013000', 'DE89370400440532013000'],
    ['FR14 2004 1010 0505 0001 3M02 606', 'FR1420041010050500013M02606'],
    ['NO93 8601 1117 947', 'NO9386011117947'],
    ['MT84MALT011000012345MTLCAST001S', 'MT84MALT011000012345MTLCAST001S'],
    ['XK051212012345678906', 'XK051212012345678906'],
  ],
};

const bad: Readonly<Record<string, readonly unknown[]>> = {
  text: [
    '',
    '  ',
    'a\u0000b',
    'a\nb',
    'a\u009fb',
    'a\u2028b',
    '\ud800',
    'a\udc00b',
    'evil\u202Etxt',
    1,
    {},
    ['a'],
  ],
  id: ['', '\u0000', 7],
  flag: ['true', 1],
  count: [1.5, '1', 2 ** 31, Number.NaN],
  share: ['0.5', Number.POSITIVE_INFINITY],
  texts: ['text', [null], [['a']], ['']],
  decimal: ['1234567890123456789', '12345678901234567.89', '1e3', 12, ''],
  day: ['2026-02-30', '01.03.2026', 20260301],
  instant: ['2026-03-01'],
  currency: ['eur', 'XYZ', 'EURO'],
  country: ['de', 'Germany', 'XI', 'EU', 'ZZ'],
  language: ['german language', 'xq', 'de-QQ', 'de-de-de', '-'],
  web: ['example.com', 'javascript:alert(1)', 'https://ada:secret@example.com', 'https://ada@example.com'],
  email: [
    'ada',
    'ada@',
    'ada@example',
    '.ada@example.com',
    'ada..l@example.com',
    'ada@-example.com',
    'ada@exa_mple.com',
    'ada@192.168.10.10',
    '"ada l"@example.com',
    'ada@example..com',
    'Ada <ada@example.com>',
    `ada@${'x'.repeat(64)}.com`,
  ],
  phone: ['call me', '+999 123', '+49', '+1 555 0100', '+1 206 555 0100 123456', '++49 30 901820', '12'],
  lei: ['529900T8BM49AURSDO56', '529900t8bm49aursdo55', '529900T8BM49AURSDO5'],
  iban: [
    'DE89370400440532013001',
    'DE8937040044053201300',
    'US64SVBKUS6S3300958879',
    'XX00',
    '0',
    'GB29-NWBK',
  ],
};

const cases = (table: Readonly<Record<string, readonly unknown[]>>) =>
  Object.entries(table).flatMap(([name, values]) => values.map((value) => [name, value] as const));

test.each(cases(good))('%s takes %j', (name, pair) => {
  const [given, form] = pair as readonly [unknown, unknown];
  expect(written(name, given)).toEqual(form);
});

test.each(cases(bad))('%s refuses %j', (name, value) => {
  const refused = refusedAt(name, value);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter((one) => !one.endsWith('INVALID_VALUE'))).toEqual([]);
});

describe('amounts', () => {
  test.each([
    ['1200.50', 'EUR', []],
    ['1200.505', 'EUR', ['amount INVALID_VALUE']],
    ['1200', 'JPY', []],
    ['1200.5', 'JPY', ['amount INVALID_VALUE']],
    ['1.234', 'KWD', []],
    ['1.2345', 'KWD', ['amount INVALID_VALUE']],
    ['-3.20', 'EUR', []],
    ['1.2345', 'XYZ', ['currency INVALID_VALUE']],
    ['12345678901234567.89', 'XYZ', ['amount INVALID_VALUE', 'currency INVALID_VALUE']],
  ])('%s %s', (amount, currency, refused) => {
    expect(refusedAt('money', { amount, currency })).toEqual(refused);
  });
});

describe('addresses', () => {
  const address = {
    lines: ['Hauptstr. 1'],
    city: 'Berlin',
    region: null,
    postalCode: '10115',
    country: 'DE',
  };

  test.each([
    ['DE', '10115', '10115'],
    ['DE', 'D-10115', 'D-10115'],
    ['GB', 'sw1a 1aa', 'SW1A 1AA'],
    ['GB', ' WX1  6LT ', 'WX1 6LT'],
    ['US', '98052-6399', '98052-6399'],
    ['CA', 'k1a 0b1', 'K1A 0B1'],
    ['NL', '1012 AB', '1012 AB'],
    ['IE', 'd02 x285', 'D02 X285'],
    ['SE', 'S-958 22', 'S-958 22'],
    ['JP', '100-0001', '100-0001'],
    ['PL', '00-001', '00-001'],
    ['PT', '1000-205', '1000-205'],
    ['BR', '05432-043', '05432-043'],
    ['AR', '1010', '1010'],
    ['LT', 'LT-01100', 'LT-01100'],
    ['AE', 'any 1', 'ANY 1'],
    ['HK', '0', '0'],
  ])('%s has the postal code %j, written %j', (country, postalCode, form) => {
    const value = { ...address, country, postalCode };
    expect(written('address', value)).toEqual({ ...value, postalCode: form });
  });

  test.each([
    ['DE', '1011'],
    ['DE', 'SW1A 1AA'],
    ['GB', '10115'],
    ['US', '9805'],
    ['CA', 'D1A 0B1'],
    ['NL', '1012'],
    ['JP', '1000'],
    ['PL', '00001A'],
    ['FR', '7500'],
    ['CH', '80001'],
    ['AT', '0101'],
    ['AU', '20000'],
    ['IN', '1100011'],
  ])('%s has no postal code %j', (country, postalCode) => {
    expect(refusedAt('address', { ...address, country, postalCode })).toEqual(['postalCode INVALID_VALUE']);
  });

  test('without a country any postal code of bounded length is taken', () => {
    expect(refusedAt('address', { ...address, country: null, postalCode: '??' })).toEqual([]);
    expect(refusedAt('address', { ...address, country: null, postalCode: '1'.repeat(17) })).toEqual([
      'postalCode TOO_LARGE',
    ]);
  });

  test('an address has a line or a town', () => {
    expect(refusedAt('address', { ...address, lines: [], city: null })).toEqual(['lines INVALID_VALUE']);
    expect(refusedAt('address', { ...address, lines: [] })).toEqual([]);
    expect(refusedAt('address', { ...address, city: null })).toEqual([]);
    expect(refusedAt('address', { ...address, lines: null })).toEqual(['lines INVALID_VALUE']);
  });

  test('lines are bounded in number and length', () => {
    const long = 'x'.repeat(101);
    expect(refusedAt('address', { ...address, lines: ['a', long], city: long, region: long })).toEqual([
      'lines.1 TOO_LARGE',
      'city TOO_LARGE',
      'region TOO_LARGE',
    ]);
    expect(refusedAt('address', { ...address, lines: Array(11).fill('a') })).toEqual(['lines TOO_LARGE']);
  });

  test('each address of a list is told apart', () => {
    const broken = { ...address, postalCode: 'x', lines: ['\u0007'] };
    expect(refusedAt('addresses', [address, broken])).toEqual([
      '1.lines.0 INVALID_VALUE',
      '1.postalCode INVALID_VALUE',
    ]);
  });
});

test('a bank account has an IBAN; its holder may be absent', () => {
  expect(written('account', { iban: 'gb29 nwbk 6016 1331 9268 19' })).toEqual({
    iban: 'GB29NWBK60161331926819',
    holder: null,
  });
  expect(refusedAt('account', { iban: null, holder: ' ' })).toEqual([
    'iban INVALID_VALUE',
    'holder INVALID_VALUE',
  ]);
});
