import type { Mask } from './personal.ts';

/** A short text for a value: the same for equal values of one field, and not to be traced back without a secret. */
export type Pseudonym = (coordinate: string, value: string) => string;

/** What is shown instead of a text; undefined where nothing is. */
export type Masked = (text: string) => string;

const pseudonymous = 'masked-';
const made = /^(masked-[\w-]{11}|\*{4}.{0,4}|\*(@.*)?)$/u;

/** How a mask shows the values of one field. Pure. */
export function masking(mask: Exclude<Mask, 'NULL'>, coordinate: string, pseudonym: Pseudonym): Masked {
  switch (mask) {
    case 'HASH':
      return (text) => `${pseudonymous}${pseudonym(coordinate, text)}`;
    case 'LAST_FOUR':
      return lastFour;
    case 'DOMAIN':
      return domainOnly;
  }
}

/** Whether a text is one that a mask has made: nothing to be written back. */
export function isMasked(text: string): boolean {
  return made.test(text);
}

/** Four of few characters would be most of them. */
const fewest = 8;

function lastFour(text: string): string {
  const characters = Array.from(text);
  return characters.length < fewest ? '****' : `****${characters.slice(-4).join('')}`;
}

function domainOnly(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? '*' : `*${text.slice(at)}`;
}
