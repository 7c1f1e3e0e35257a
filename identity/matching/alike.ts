import { soundOf } from './sound.ts';

/** How alike words are that only sound alike. */
const soundAlike = 0.9;
/** Words that are less alike than this have nothing to do with each other. */
const leastAlike = 0.8;

/** Jaro's similarity of two texts, raised by Winkler's bonus for an equal beginning: 1 equal, 0 nothing in common. */
export function jaroWinkler(one: string, other: string): number {
  if (one === other) return 1;
  const [a, b] = [one.length, other.length];
  const reach = Math.max(0, Math.floor(Math.max(a, b) / 2) - 1);
  const taken = new Uint8Array(b);
  const matched: number[] = [];
  for (let i = 0; i < a; i++) {
    for (let j = Math.max(0, i - reach); j <= Math.min(b - 1, i + reach); j++) {
      if (taken[j] === 1 || one.charCodeAt(i) !== other.charCodeAt(j)) continue;
      taken[j] = 1;
      matched.push(one.charCodeAt(i));
      break;
    }
  }
  const m = matched.length;
  if (m === 0) return 0;
  let moved = 0;
  let at = 0;
  for (let j = 0; j < b; j++) if (taken[j] === 1 && other.charCodeAt(j) !== matched[at++]) moved++;
  const jaro = (m / a + m / b + (m - moved / 2) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < a && prefix < b && one[prefix] === other[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** A word, and how it sounds. */
export interface Word {
  readonly text: string;
  readonly sound: string;
  /** Whether it has a digit. */
  readonly number: boolean;
}

export function wordOf(text: string): Word {
  return { text, sound: soundOf(text), number: /\d/.test(text) };
}

/** Words with a digit are equal or not: a house number that is nearly right is another house. */
export function wordsAlike(one: Word, other: Word): number {
  if (one.text === other.text) return 1;
  if (one.number || other.number) return 0;
  const sameSound = one.sound === other.sound && one.sound.length >= 2;
  return Math.max(jaroWinkler(one.text, other.text), sameSound ? soundAlike : 0);
}

/**
 * How alike two sets of words are, whatever their order: each word of one beside the most similar of the other, long
 * words counting for more; what is left over counts against it. 0 where one of them is empty.
 */
export function wordSetsAlike(ours: readonly Word[], theirs: readonly Word[]): number {
  if (ours.length === 0 || theirs.length === 0) return 0;
  const pairs: { i: number; j: number; alike: number; letters: number }[] = [];
  for (const [i, one] of ours.entries())
    for (const [j, other] of theirs.entries()) {
      const alike = wordsAlike(one, other);
      if (alike >= leastAlike) pairs.push({ i, j, alike, letters: one.text.length + other.text.length });
    }
  if (pairs.length === 0) return 0;
  pairs.sort((a, b) => b.alike - a.alike || b.letters - a.letters || a.i - b.i || a.j - b.j);
  const taken = new Set<string>();
  let common = 0;
  for (const { i, j, alike, letters } of pairs) {
    if (taken.has(`our ${i}`) || taken.has(`their ${j}`)) continue;
    taken.add(`our ${i}`).add(`their ${j}`);
    common += alike * letters;
  }
  return common / (lettersOf(ours) + lettersOf(theirs));
}

const lettersOf = (words: readonly Word[]): number => words.reduce((sum, { text }) => sum + text.length, 0);
