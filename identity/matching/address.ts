import { wordOf, wordsAlike, wordSetsAlike, type Word } from './alike.ts';
import { latin } from './latin.ts';

/** An address as addresses are compared. */
export interface Address {
  readonly street: readonly Word[];
  readonly postalCode: string;
  /** Null where it names no town. */
  readonly city: Word | null;
  /** All words of it, for one whose parts were mixed up. */
  readonly all: readonly Word[];
}

/** Words that say that a street is one, and nothing of which; they are written in full, short or not at all. */
const kinds: ReadonlySet<string> = new Set(
  `strasse str street st road rd avenue ave av avenida avda boulevard blvd bd rue via viale calle c rua lane ln drive dr
   court ct place pl platz plaza piazza weg allee gasse straat laan ulica ul ulitsa prospekt pr no nr number floor suite`.split(
    /\s+/,
  ),
);
/** What is left of an equal postal code whose end is another. */
const sameArea = 0.5;
/** Without a street an address is a town, and companies of one town are many. */
const mostOfTown = 0.6;
const shares = { street: 0.5, postalCode: 0.25, city: 0.25 };

function streetWords(text: string): string[] {
  const words = text.split(' ').filter(Boolean);
  const telling = words
    .map((word) => word.replace(/(?<=.{3})(strasse|str|straat|weg|gasse)$/, ''))
    .filter((word) => !kinds.has(word));
  return telling.length > 0 ? telling : words;
}

/** @param folded as `foldAddress` gives it */
export function addressOf(folded: string): Address {
  const [street = '', postalCode = '', city = ''] = folded.split('|').map(latin);
  const words = streetWords(street);
  const all = [...words, ...streetWords(postalCode), ...city.split(' ').filter(Boolean)];
  return {
    street: words.map(wordOf),
    postalCode,
    city: city === '' ? null : wordOf(city),
    all: all.map(wordOf),
  };
}

function postalCodesAlike(one: string, other: string): number {
  if (one === other) return 1;
  return one.slice(0, 3) === other.slice(0, 3) ? sameArea : 0;
}

/** How alike two addresses are in the parts that both have; null where they have none in common. */
export function addressesAlike(one: Address, other: Address): number | null {
  const parts = [
    one.street.length > 0 && other.street.length > 0
      ? { share: shares.street, alike: wordSetsAlike(one.street, other.street) }
      : null,
    one.postalCode !== '' && other.postalCode !== ''
      ? { share: shares.postalCode, alike: postalCodesAlike(one.postalCode, other.postalCode) }
      : null,
    one.city && other.city ? { share: shares.city, alike: citiesAlike(one.city, other.city) } : null,
  ];
  const [street] = parts;
  const both = parts.filter((part) => part !== null);
  const share = both.reduce((sum, part) => sum + part.share, 0);
  if (share === 0) return null;
  const alike = both.reduce((sum, part) => sum + part.share * part.alike, 0) / share;
  return street === null ? Math.min(alike, mostOfTown) : Math.max(alike, wordSetsAlike(one.all, other.all));
}

/** Towns that are not nearly equal are others. */
function citiesAlike(one: Word, other: Word): number {
  const alike = wordsAlike(one, other);
  return alike >= 0.85 ? alike : 0;
}

/** Of several addresses each the two that are most alike; null where none can be compared. */
export function mostAlike(ours: readonly Address[], theirs: readonly Address[]): number | null {
  let most: number | null = null;
  for (const one of ours)
    for (const other of theirs) {
      const alike = addressesAlike(one, other);
      if (alike !== null) most = Math.max(most ?? 0, alike);
    }
  return most;
}
