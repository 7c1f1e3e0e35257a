import { drawsOf } from './draws.ts';

/** Customers in a row that may form a group. */
const span = 8;
const kind = 1;

/** Where a customer stands in a group. Indexes are those of customers, and all come before its own. */
export interface Standing {
  /** The top of the group; the customer itself where it is the top or in no group. */
  readonly head: number;
  /** The customer directly above. */
  readonly parent: number | null;
  /** Whether customers stand below it, provided that there are so many. */
  readonly leads: boolean;
  /** Whether its invoices go to the head. */
  readonly billedToHead: boolean;
  /** Whether the head pays for others of its group. */
  readonly pays: boolean;
}

/**
 * Decides groups by blocks of indexes, so that nobody has to look at more than one block: a quarter of the blocks
 * begins with a group of two to seven customers, in some of which one is below another that is not the top.
 */
export function standingOf(seed: number, index: number): Standing {
  const block = Math.floor(index / span);
  const place = index % span;
  const head = block * span;
  const draws = drawsOf(seed, kind, block);
  const size = draws.chance(0.25) ? draws.between(2, 7) : 1;
  const central = draws.chance(0.4);
  const second = size > 3 && draws.chance(0.5);
  if (place >= size) return { head: index, parent: null, leads: false, billedToHead: false, pays: false };
  if (place === 0)
    return { head, parent: null, leads: size > 1, billedToHead: false, pays: size > 1 && central };
  return {
    head,
    parent: second && place > 2 ? head + 1 : head,
    leads: second && place === 1,
    billedToHead: central,
    pays: false,
  };
}
