import { isCountry, isCurrency } from './codes.ts';
import { ibanOf } from './iban.ts';

/** Gives a caller's value of a scalar in its canonical form; throws a sentence where it is none. */
export type ParseScalar = (value: unknown) => string;

/** The scalars of the contract, by name: `scalars.graphql` says what each holds. */
export const scalars: Readonly<Record<string, ParseScalar>> = {
  Date: matching(/^\d{4}-\d\d-\d\d$/, 'a day such as 2026-03-01', isDay),
  DateTime: matching(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/,
    'an instant such as 2026-03-01T09:30:00Z',
    (text) => isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
  ),
  Decimal: matching(/^-?(0|[1-9]\d{0,27})(\.\d{1,12})?$/, 'a decimal number as a string, such as "1200.50"'),
  CurrencyCode: matching(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR', isCurrency),
  CountryCode: matching(/^[A-Z]{2}$/, 'an ISO 3166-1 code such as DE', isCountry),
  LanguageTag: matching(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as de-AT'),
  URL: matching(/^https?:\/\/\S{1,2040}$/, 'a web address such as https://example.com', (text) =>
    URL.canParse(text),
  ),
  EmailAddress: matching(
    /^[^\s@]{1,64}@[^\s@]+\.[^\s@.]{2,}$/u,
    'an e-mail address',
    (text) => text.length <= 254,
  ),
  PhoneNumber: matching(/^\s*\+?[\d(][\d\s().\-/]{1,38}[\d)]\s*$/, 'a telephone number'),
  IBAN: (value) => {
    const iban = typeof value === 'string' ? ibanOf(value) : null;
    if (iban !== null) return iban;
    throw new TypeError('expected an IBAN such as DE89370400440532013000');
  },
  LEI: matching(/^[A-Z0-9]{18}\d\d$/, 'a legal entity identifier of 20 characters', hasCheckDigits),
};

function matching(
  pattern: RegExp,
  expected: string,
  holds: (text: string) => boolean = () => true,
): ParseScalar {
  return (value) => {
    if (typeof value === 'string' && pattern.test(value) && holds(value)) return value;
    throw new TypeError(`expected ${expected}`);
  };
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** ISO 7064 MOD 97-10, letters counting from 10. */
function hasCheckDigits(text: string): boolean {
  const digits = Array.from(text, (char) => parseInt(char, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}
