/** Letters and pairs of them that languages write for about the same sound; the first that fits counts. */
const sounds: readonly (readonly [RegExp, string])[] = [
  [/tsch|shch|sch|tch|sh|zh|ch(?=[ei])/g, 's'],
  [/ph|[vw]/g, 'f'],
  [/th|d/g, 't'],
  [/(ts|tz|cz|dz|z|x)/g, 's'],
  [/c(?=[eiy])/g, 's'],
  [/ck|ch|kh|gh|[cgqj]/g, 'k'],
  [/b/g, 'p'],
  [/n/g, 'm'],
];

/** Consonants that count; names that differ later are told apart by everything else. */
const most = 6;

/**
 * What a Latin word sounds like in any of many languages: the consonants after the first sound, those that are often
 * taken for each other made one, without repeats. A word of another script is its own sound. Words of which nothing is
 * left but a vowel have the sound `a`.
 */
export function soundOf(word: string): string {
  if (!/^[a-z]/.test(word)) return word;
  const plain = sounds.reduce((text, [from, to]) => text.replace(from, to), word);
  const first = /^[aeiouyh]/.test(plain) ? 'a' : '';
  const consonants = plain.replace(/[aeiouyh]/g, '').replace(/(.)\1+/g, '$1');
  return (first + consonants).slice(0, most);
}
