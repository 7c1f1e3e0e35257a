import { isCountry } from '../../schema/codes.ts';

/** Names in use that CLDR's English ones do not cover, folded. */
const alsoCalled: Readonly<Record<string, string>> = {
  america: 'US',
  'czech republic': 'CZ',
  england: 'GB',
  'great britain': 'GB',
  holland: 'NL',
  'ivory coast': 'CI',
  korea: 'KR',
  'northern ireland': 'GB',
  'republic of ireland': 'IE',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  scotland: 'GB',
  'the netherlands': 'NL',
  turkey: 'TR',
  uae: 'AE',
  uk: 'GB',
  'united states of america': 'US',
  usa: 'US',
  'viet nam': 'VN',
  wales: 'GB',
};

const folded = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\./g, '')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

/** Languages in which country names are recognised. */
const languages = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pt',
  'pl',
  'sv',
  'da',
  'nb',
  'fi',
  'cs',
  'ja',
  'zh',
  'ko',
];
const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const pairs = letters.flatMap((first) => letters.map((second) => first + second)).filter(isCountry);

const codes: ReadonlyMap<string, string> = (() => {
  const found = new Map<string, string>(Object.entries(alsoCalled));
  const styles = ['long', 'short'] as const;
  for (const [language, style] of languages.flatMap((one) => styles.map((style) => [one, style] as const))) {
    const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none', style });
    for (const pair of pairs) {
      const name = names.of(pair);
      if (name === undefined) continue;
      found.set(pair.toLowerCase(), pair);
      if (!found.has(folded(name))) found.set(folded(name), pair);
    }
  }
  return found;
})();

/** ISO 3166-1 alpha-2 of a country's code or name in one of many languages; null where it is not recognised. */
export function countryCode(name: string): string | null {
  return codes.get(folded(name)) ?? null;
}

/** Countries where business is done in several languages, so that the country alone tells none. */
const severalLanguages: ReadonlySet<string> = new Set(['BE', 'CA', 'CH']);

/** The locale of correspondence as the CRM writes it, `de_AT`: CLDR's likely language of the country; null where it has several. */
export function localeOf(country: string): string | null {
  if (severalLanguages.has(country)) return null;
  const { language } = new Intl.Locale(`und-${country}`).maximize();
  return language === 'und' ? null : `${language}_${country}`;
}

const union: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

/** Whether the country is a member of the European Union today. */
export function inUnion(country: string): boolean {
  return union.has(country);
}
