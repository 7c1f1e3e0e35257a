import type { Culture } from './cultures.ts';
import type { Draws } from './draws.ts';
import type { Word } from './words.ts';

/** What people at a customer do, with the titles they have. */
const functions = [
  ['Decision Maker', ['Managing Director', 'Chief Executive Officer', 'Head of Procurement', 'Owner']],
  ['Accounts Payable', ['Accounts Payable Clerk', 'Head of Accounting', 'Finance Manager']],
  ['Buyer', ['Purchasing Manager', 'Buyer', 'Supply Chain Manager']],
  ['Technical', ['IT Manager', 'Plant Manager', 'Systems Administrator']],
  ['Other', ['Office Manager', 'Assistant', 'Legal Counsel']],
] as const;

/** A person at a customer. */
export interface Person {
  readonly name: string;
  readonly title: string;
  readonly roles: readonly (typeof functions)[number][0][];
  readonly email: string | null;
  readonly phone: string | null;
  /** Whether the person allowed marketing by e-mail and by telephone; null where nobody asked. */
  readonly allows: { readonly email: boolean; readonly phone: boolean; readonly day: string } | null;
}

/** One to five people, the one who decides first. E-mail addresses are in the customer's domain. */
export function peopleOf(
  draws: Draws,
  culture: Culture,
  company: {
    readonly domain: string;
    readonly phone: string;
    readonly day: (from: number, to: number) => string;
  },
): readonly Person[] {
  const count = draws.weighted([
    [1, 4],
    [2, 3],
    [3, 2],
    [4, 1],
    [5, 0.5],
  ]);
  const taken = new Set<string>();
  return functions.slice(0, count).map(([role, titles]) => {
    const [given, family] = unused(taken, () => [draws.pick(culture.given), draws.pick(culture.family)]);
    return {
      name: culture.familyFirst ? family.text + given.text : `${given.text} ${family.text}`,
      title: draws.pick(titles),
      roles: count === 1 ? [role, 'Buyer'] : [role],
      email: draws.chance(0.92) ? `${given.slug}.${family.slug}@${company.domain}` : null,
      phone: draws.chance(0.6) ? draws.pattern(`${company.phone.slice(0, -2)}##`) : null,
      allows: draws.chance(0.6)
        ? { email: draws.chance(0.65), phone: draws.chance(0.4), day: company.day(30, 1500) }
        : null,
    };
  });
}

/** No two people of a customer share a name, and so an e-mail address. */
function unused(taken: Set<string>, draw: () => readonly [Word, Word]): readonly [Word, Word] {
  for (;;) {
    const drawn = draw();
    const name = drawn.map(({ slug }) => slug).join('.');
    if (taken.has(name)) continue;
    taken.add(name);
    return drawn;
  }
}
