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
}

export function wordOf(text: string): Word {
  return { text, sound: soundOf(text) };
}

/** Words with a digit are equal or not: a house number that is nearly right is another house. */
function wordsAlike(one: Word, other: Word): number {
  if (one.text === other.text) return 1;
  if (/\d/.test(one.text) || /\d/.test(other.text)) return 0;
  const sameSound = one.sound === other.sound && one.sound.length >= 2;
  return Math.max(jaroWinkler(one.text, other.text), sameSound ? soundAlike : 0);
}

/**
 * How alike two sets of words are, whatever their order: each word of one beside the most similar of the other, long
 * words counting for more; what is left over counts against it. 0 where one of them is empty.
 */
export function wordSetsAlike(ours: readonly Word[], theirs: readonly Word[]): number {
  const letters = [...ours, ...theirs].reduce((sum, { text }) => sum + text.length, 0);
  if (ours.length === 0 || theirs.length === 0) return 0;
  const pairs = ours.flatMap((one, i) =>
    theirs.flatMap((other, j) => {
      const alike = wordsAlike(one, other);
      return alike < leastAlike ? [] : [{ i, j, alike, letters: one.text.length + other.text.length }];
    }),
  );
  pairs.sort((a, b) => b.alike - a.alike || b.letters - a.letters || a.i - b.i || a.j - b.j);
  const left = new Set(ours.keys());
  const right = new Set(theirs.keys());
  let common = 0;
  for (const { i, j, alike, letters: both } of pairs) {
    if (!left.has(i) || !right.has(j)) continue;
    left.delete(i);
    right.delete(j);
    common += alike * both;
  }
  return common / letters;
}
