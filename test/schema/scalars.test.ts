import { expect, test } from '@jest/globals';
import { isCountry } from '../../schema/codes.ts';
import { scalars } from '../../schema/scalars.ts';

const takes: Readonly<Record<string, readonly string[]>> = {
  Date: ['2026-02-28', '2024-02-29'],
  DateTime: ['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.123456+02:00', '2026-03-01T09:30Z'],
  Decimal: ['0', '-1200.50', '99999999999999999999.999999'],
  CurrencyCode: ['EUR', 'JPY'],
  CountryCode: ['DE', 'XK'],
  LanguageTag: ['de', 'de-AT', 'zh-Hant-TW'],
  URL: ['https://example.com/a?b=c', 'http://münchen.example'],
  EmailAddress: ['ada@example.com', 'a+b@sub.example.co.uk'],
  PhoneNumber: ['+49 30 0074321', '(5) 555-4729'],
  IBAN: ['DE89370400440532013000', 'NO9386011117947'],
  LEI: ['529900T8BM49AURSDO55'],
};
const refuses: Readonly<Record<string, readonly unknown[]>> = {
  Date: ['2026-02-30', '2026-2-3', '01.03.2026', 20260301, null],
  DateTime: ['2026-03-01', '2026-03-01T25:00:00Z', '2026-02-30T00:00:00Z', '2026-03-01T09:30:00'],
  Decimal: ['01', '1.', '.5', '1e3', '1,5', 1.5, ''],
  CurrencyCode: ['eur', 'EURO', 'XYZ'],
  CountryCode: ['de', 'DEU', 'Germany', 'EU', 'SU', 'QQ'],
  LanguageTag: ['', 'german language', 'd'],
  URL: ['example.com', 'javascript:alert(1)', 'ftp://example.com', 'https://'],
  EmailAddress: ['ada', 'ada@', '@example.com', 'a b@example.com', 'ada@example'],
  PhoneNumber: ['call me', '12', ''],
  IBAN: ['DE89370400440532013001', 'DE8937040044053201300', 'ZZ00', 12, '', null],
  LEI: ['529900T8BM49AURSDO56', '529900T8BM49AURSDO5', '529900t8bm49aursdo55'],
};

test('every scalar has values that it takes and values that it refuses', () => {
  expect(Object.keys(takes)).toEqual(Object.keys(scalars));
  expect(Object.keys(refuses)).toEqual(Object.keys(scalars));
});

test.each(Object.entries(scalars))('%s', (name, parse) => {
  for (const value of takes[name] ?? []) expect(parse(value)).toBe(value);
  for (const value of refuses[name] ?? []) expect(() => parse(value)).toThrow('expected');
});

test('the countries are those of ISO 3166-1, and Kosovo', () => {
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  const countries = letters.flatMap((first) => letters.map((second) => first + second)).filter(isCountry);
  expect(countries).toHaveLength(250);
});

test('an IBAN is taken as it is printed, and given without spaces', () => {
  expect(scalars.IBAN?.('DE89 3704 0044 0532 0130 00')).toBe('DE89370400440532013000');
});
