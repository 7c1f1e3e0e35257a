import { latin } from './cultures-latin.ts';
import { others } from './cultures-others.ts';
import { slugOf, type Draft, type Word } from './words.ts';

/** How people and companies are called where one language is spoken. */
export interface Culture {
  readonly given: readonly Word[];
  readonly family: readonly Word[];
  /** Whether the family name comes first, without a space. */
  readonly familyFirst: boolean;
  /** What goes between the words of a company's name. */
  readonly space: string;
  /** Words for lines of business, in the order of `industries`. */
  readonly trades: readonly string[];
  /** Invented names: a beginning, a middle, which may be empty, and an end. */
  readonly coined: readonly [beginnings: readonly Word[], middles: readonly Word[], ends: readonly Word[]];
  /** A street and number; `{n}` is the number. */
  readonly streets: readonly string[];
}

/** Lines of business as the CRM names them, and as a web address does. */
export const industries: readonly Word[] = [
  ['Logistics', 'logistics'],
  ['Mechanical engineering', 'engineering'],
  ['Software', 'software'],
  ['Food and beverages', 'foods'],
  ['Chemicals', 'chemicals'],
  ['Construction', 'construction'],
  ['Medical devices', 'medical'],
  ['Wholesale and retail', 'trading'],
  ['Energy', 'energy'],
  ['Textiles', 'textiles'],
  ['Printing and packaging', 'packaging'],
  ['Consulting', 'consulting'],
].map(([text = '', slug = '']) => ({ text, slug }));

const plain = [
  'Nov Alt Ver Lum Cor Sol Tal Mer Vex Ard Fen Hal Ron Bel Tric Quad Zen Pol Nor Ost Kar Dyn Orb Pax',
  ' ar el in or un as ed ik om at ir',
  'exa imor idia antis ora eno ivo arix undo ella ium ento atis onix elis aro ystra avia omi usta ecto ane ilon ura',
] as const;

function words(list: string): Word[] {
  return list.split(' ').map((entry) => {
    const [text = '', slug] = entry.split('=');
    return { text, slug: slug ?? slugOf(text) };
  });
}

function cultureOf({ given, family, trades, streets, familyFirst, coined }: Draft): Culture {
  const [beginnings, middles, ends] = coined ? [coined[0], '', coined[1]] : plain;
  return {
    given: words(given),
    family: words(family),
    familyFirst: familyFirst ?? false,
    space: familyFirst ? '' : ' ',
    trades: trades.split(','),
    coined: [words(beginnings), words(middles), words(ends)],
    streets: streets.split(' | '),
  };
}

/** By language. */
export const cultures: ReadonlyMap<string, Culture> = new Map(
  Object.entries({ ...latin, ...others }).map(([language, draft]) => [language, cultureOf(draft)]),
);
