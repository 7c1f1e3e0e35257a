import { domainToASCII } from 'node:url';

/** What a record says of a customer that helps to find it, or to decide who sees it. Absent, null and empty all mean: it says nothing. */
export interface Facts {
  /** The name as the system holds it. */
  readonly name?: string | null | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | null | undefined;
  /** Tax ids of any country, with or without separators. */
  readonly taxIds?: readonly string[] | null | undefined;
  readonly leis?: readonly string[] | null | undefined;
  /** Domains, e-mail addresses or web addresses. */
  readonly domains?: readonly string[] | null | undefined;
  readonly addresses?: readonly FactAddress[] | null | undefined;
  /** Telephone numbers, with or without the country's code. */
  readonly phones?: readonly string[] | null | undefined;
  /** Bank accounts. */
  readonly ibans?: readonly string[] | null | undefined;
  /** In the words of the contract. */
  readonly segment?: string | null | undefined;
  /** E-mail address of whoever is responsible for the customer. */
  readonly accountOwner?: string | null | undefined;
}

/** An address as a system holds it. */
export interface FactAddress {
  /** Street and number; where there are several lines, all of them. */
  readonly street?: string | null | undefined;
  readonly postalCode?: string | null | undefined;
  readonly city?: string | null | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | null | undefined;
}

/** Facts as the index holds them: folded, without repeats, sorted; '' and null where there are none. */
export interface MatchKeys {
  readonly name: string;
  readonly country: string | null;
  readonly taxIds: readonly string[];
  readonly leis: readonly string[];
  readonly domains: readonly string[];
  /** Each `street|postal code|city|country`, folded; what is missing is empty. */
  readonly addresses: readonly string[];
  /** Sealed: equal where the numbers are, and nothing can be told from them without the store's secret. */
  readonly phones: readonly string[];
  /** Sealed as well. */
  readonly ibans: readonly string[];
}

/** Facts by which it is decided who sees a customer, beside its country; null where there are none. */
export interface RowKeys {
  readonly segment: string | null;
  /** Sealed. */
  readonly accountOwner: string | null;
}

/** Longest folded name, in UTF-16 units; what is beyond is not searched. An index row has room for about 2,700 bytes. */
export const nameLimit = 250;

/** Letters that Unicode does not decompose, and what people type for them. */
const plainLetters: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
};

/**
 * A name without case, accents and punctuation, words apart by one space: `Æther-Łódź GmbH & Co. KG` is
 * `aether lodz gmbh co kg`. Dots and apostrophes join (`O'Brien S.A.` is `obrien sa`), other signs separate. Legal forms
 * stay. Letters of every script stay. Gives '' for a text without letters and digits.
 */
export function foldName(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      // Puts syllables of Hangul together again, which are no accents.
      .normalize('NFC')
      // Up before down makes ß into ss, and final sigma into sigma; the capital ẞ goes up to nothing but itself.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(/ς/g, 'σ')
      .replace(/[æœøđðħłŧþ]/g, (letter) => plainLetters[letter] ?? letter)
      .replace(/['’‘`´.·]/g, '')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
      .slice(0, nameLimit)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trim()
  );
}

/** Prefixes that stand for the same register: Northern Ireland's goods trade uses British numbers, Greece has two codes. */
const samePrefix: Readonly<Record<string, string>> = { XI: 'GB', GR: 'EL' };

/**
 * A tax id in capitals and without separators; prefixes of the same register are made one (`XI 123 4567 89` is
 * `GB123456789`). Otherwise the prefix counts: the same digits in two countries are two tax ids. Gives '' for what
 * cannot be one, such as `n/a` or zeros.
 */
export function foldTaxId(taxId: string): string {
  const bare = taxId
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const prefix = /^[A-Z]{2}(?=\d)/.exec(bare)?.[0] ?? '';
  const folded = (samePrefix[prefix] ?? prefix) + bare.slice(prefix.length);
  return folded.length >= 4 && folded.length <= 64 && /[1-9]/.test(folded) ? folded : '';
}

/** An ISO 17442 identifier in capitals and without separators; '' for what is none. */
export function foldLei(lei: string): string {
  const bare = lei.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return /^[A-Z0-9]{18}\d{2}$/.test(bare) ? bare : '';
}

/** The domain of an e-mail address, of a web address or on its own: lower case, punycode, without `www.`; '' if none. */
export function foldDomain(text: string): string {
  const host = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '')
    .replace(/^.*@/s, '')
    .replace(/:\d+$/, '')
    .replace(/\.$/, '');
  const ascii = domainToASCII(host).replace(/^www\.(?=.+\.)/, '');
  return ascii.length <= 253 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(ascii) ? ascii : '';
}

/** A country code in capitals; null for what has not two letters. */
export function foldCountry(country: string): string | null {
  const code = country.trim().toUpperCase();
  return /^[A-Z]{2}$/.test(code) ? code : null;
}

/** An e-mail address as it is compared: case does not count; '' for what is none. */
export function foldEmail(text: string): string {
  const bare = text.normalize('NFKC').trim().toLowerCase();
  return /^[^@\s]+@[^@\s]+$/.test(bare) ? bare : '';
}
