/** A word, and how it is written in an address on the Internet. */
export interface Word {
  readonly text: string;
  readonly slug: string;
}

/** How a culture is written down: words apart by spaces, or by `,` where they have some; `佐藤=sato` gives the slug. */
export interface Draft {
  readonly given: string;
  readonly family: string;
  readonly trades: string;
  readonly streets: string;
  readonly familyFirst?: true;
  readonly coined?: readonly [string, string];
}

/** The slug of a word in Latin script. */
export function slugOf(text: string): string {
  return text
    .replace(/ß/g, 'ss')
    .replace(/[øØ]/g, 'o')
    .replace(/[łŁ]/g, 'l')
    .replace(/ı/g, 'i')
    .replace(/[æÆ]/g, 'ae')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
