import { hash } from 'node:crypto';
import type { MatchKeys } from '../facts.ts';
import { profileOf, type Profile } from './profile.ts';

/** Words of a name that are put together in pairs: the longest. */
const mostWords = 4;
/** Letters at the beginning and at the end of a name by which those are found that were mistyped elsewhere. */
const edge = 5;
/** Addresses of a customer by which it is found. */
const mostAddresses = 3;

function* nameBlocks({ name, country }: Profile): Generator<string> {
  if (name === null) return;
  const sounds = [...new Set(name.words.map(({ sound }) => sound))].sort();
  yield `name ${sounds.join(' ')}`;
  const longest = [...name.words].sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1));
  const some = [...new Set(longest.slice(0, mostWords).map(({ sound }) => sound))].sort();
  // Of two words the pair is the whole name.
  if (sounds.length > 2) {
    for (const [i, one] of some.entries())
      for (const other of some.slice(i + 1)) yield `pair ${one} ${other}`;
  }
  if (name.compact.length > edge) {
    yield `begin ${country ?? ''} ${name.compact.slice(0, edge)}`;
    yield `end ${country ?? ''} ${name.compact.slice(-edge)}`;
  }
}

function* addressBlocks({ name, addresses }: Profile): Generator<string> {
  const [longest] = [...(name?.words ?? [])].sort((a, b) => b.text.length - a.text.length);
  for (const { street, postalCode, city } of addresses.slice(0, mostAddresses)) {
    if (longest && postalCode !== '') yield `place ${postalCode} ${longest.sound}`;
    if (longest && city) yield `town ${city.sound} ${longest.sound}`;
    const number = street.find(({ text }) => /\d/.test(text));
    const way = street.find(({ text }) => !/\d/.test(text));
    if (postalCode !== '' && number && way) yield `door ${postalCode} ${number.text} ${way.sound}`;
  }
}

function* identifierBlocks({ taxIds, leis, domains, phones, ibans }: Profile): Generator<string> {
  for (const value of taxIds) yield `tax ${value}`;
  for (const value of leis) yield `lei ${value}`;
  for (const value of domains) yield `domain ${value}`;
  for (const value of phones) yield `phone ${value}`;
  for (const value of ibans) yield `iban ${value}`;
}

/** A number of 63 bits for a text; two texts that have the same by chance only cost a comparison. */
function numberOf(text: string): string {
  return BigInt.asIntN(63, BigInt(`0x${hash('sha1', text, 'hex').slice(0, 16)}`)).toString();
}

/**
 * The blocks of a customer, as the store holds them: only customers that have one in common are compared. Each stands for
 * something that duplicates rarely differ in all of: an identifier, how the name sounds, how it begins and ends, an
 * address. Sorted, without repeats.
 */
export function blocksOf(keys: MatchKeys): readonly string[] {
  const profile = profileOf(keys);
  const texts = [...identifierBlocks(profile), ...nameBlocks(profile), ...addressBlocks(profile)];
  return [...new Set(texts.map(numberOf))].sort();
}
