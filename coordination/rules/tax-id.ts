import type { TaxIdKind } from '../../schema/generated/erp.ts';
import { schemesFor } from './tax-schemes.ts';

/** What stands before a number besides its country's code. Northern Ireland has numbers of the British register. */
const prefixes: Readonly<Record<string, readonly string[]>> = {
  GB: ['GB', 'XI'],
  GR: ['EL', 'GR'],
  IM: ['GB'],
  JP: ['JP', 'T'],
  MC: ['FR', 'MC'],
};

/**
 * A tax id in capitals and without separators. Whether it has its country's prefix stays as it is: registers differ in
 * that, and `XI` tells Northern Ireland from Great Britain.
 */
export function writtenTaxId(number: string): string {
  return number
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s.,:/+*_\-\u2010-\u2015\u2212]/gu, '');
}

/** Whether it could be a tax id of any country. */
export function isTaxIdLike(written: string): boolean {
  return /^[A-Z0-9&Ñ]{3,30}$/u.test(written) && /\d/.test(written);
}

/** Whether the country issues tax ids of this kind in this form, check digits included; true where nothing is known. */
export function isTaxId(written: string, country: string, kind: TaxIdKind): boolean {
  const schemes = schemesFor(country, kind);
  if (schemes.length === 0) return true;
  const ways = [written, ...withoutPrefix(written, country)];
  const holds = (number: string) => schemes.some((scheme) => scheme.validate(number).isValid);
  return ways.some((way) => holds(way) || (country === 'CN' && holds(sameCheck(way))));
}

/** The number without its prefix; nothing where there is none, or two. */
function withoutPrefix(written: string, country: string): readonly string[] {
  const known = prefixes[country] ?? [country];
  const prefix = known.find((one) => written.startsWith(one));
  if (prefix === undefined) return [];
  const rest = written.slice(prefix.length);
  return known.some((one) => rest.startsWith(one)) ? [] : [rest];
}

/**
 * The library finds no check sign where China's is 0, as it is for one number in 31. The first sign has the weight 1,
 * so the number holds exactly if it holds with 1 taken from the first sign and added to the last.
 */
function sameCheck(code: string): string {
  return code.replace(/^([1-9])(.*)0$/, (_, first: string, rest: string) => `${Number(first) - 1}${rest}1`);
}
