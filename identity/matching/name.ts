import { jaroWinkler, wordOf, wordSetsAlike, type Word } from './alike.ts';
import { latin } from './latin.ts';
import { withoutForms } from './legal-forms.ts';

/** A name as names are compared. */
export interface Name {
  /** In Latin letters, without legal forms. */
  readonly words: readonly Word[];
  /** The same without gaps. */
  readonly compact: string;
  readonly forms: readonly string[];
}

/** How alike a name and its initials are. */
const initialsAlike = 0.85;
/** From here on two names without gaps are the same name with slips of the pen. */
const slips = 0.93;

/** Words that join others and are left out as easily. */
const joining: ReadonlySet<string> = new Set([
  'and',
  'und',
  'et',
  'y',
  'e',
  'en',
  'og',
  'och',
  'i',
  'the',
  'of',
  'de',
  'la',
]);

/** Single letters in a row are one word, however they are set: `s p a` is `spa`. */
function withoutGaps(words: readonly string[]): string[] {
  const joined: string[] = [];
  let open = false;
  for (const word of words) {
    const single = /^\p{L}$/u.test(word);
    if (single && open) joined.push((joined.pop() ?? '') + word);
    else joined.push(word);
    open = single;
  }
  return joined;
}

/** What a language writes for a letter with two dots is the letter. */
function plain(word: string): string {
  return word.replace(/ae|oe|ue/g, ([letter = '']) => letter);
}

/** @param folded as `foldName` gives it */
export function nameOf(folded: string, country: string | null): Name {
  const { words, forms } = withoutForms(withoutGaps(latin(folded).split(' ').filter(Boolean)), country);
  const telling = words.filter((word) => !joining.has(word));
  const kept = (telling.length > 0 ? telling : words).map(plain);
  return { words: kept.map(wordOf), compact: kept.join(''), forms };
}

function isInitialsOf({ compact }: Name, { words }: Name): boolean {
  return words.length >= 3 && words.map(({ text }) => text[0]).join('') === compact;
}

const numbersIn = ({ compact }: Name): string => compact.replace(/\D+/g, ' ').trim();

/** How alike two names are, whatever the order of their words and where they are parted. */
export function namesAlike(one: Name, other: Name): number {
  if (one.compact === other.compact) return 1;
  const words = wordSetsAlike(one.words, other.words);
  // `Branch 12` and `Branch 13` are written nearly alike, and are two.
  if (numbersIn(one) !== numbersIn(other)) return words;
  const letters = jaroWinkler(one.compact, other.compact);
  const initials = isInitialsOf(one, other) || isInitialsOf(other, one) ? initialsAlike : 0;
  return Math.max(words, (words + letters) / 2, letters >= slips ? letters : 0, initials);
}
