import { Failure } from '../../runtime/failure.ts';
import { among } from '../among.ts';
import { customerId } from '../crosswalk.ts';
import type { KeyedStore } from '../keying.ts';
import { blocksOf } from './blocks.ts';
import { namedSimilarly, sharingBlocks } from './candidates.ts';
import { compare } from './compare.ts';
import type { Match, Matches } from './match.ts';
import { profileOf } from './profile.ts';
import { verdictsOf, type Decided } from './verdicts.ts';

/** Matches that are given at most. */
export const matchLimit = 20;

/** The best of some matches, the likeliest first, with what people have decided. */
export function ranked(
  found: readonly Omit<Match, 'decided'>[],
  decided: Decided = new Map(),
): readonly Match[] {
  return found
    .map((match) => ({
      ...match,
      verdict: decided.get(match.id) ?? match.verdict,
      decided: decided.has(match.id),
    }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, matchLimit);
}

/** The matcher over a store. */
export function matchesIn({ db, keying }: KeyedStore): Matches {
  return (facts, { exclude, rows = null } = {}) => {
    const self = exclude === undefined ? null : customerId(exclude);
    if (self === null && exclude !== undefined)
      throw new Failure('BAD_USER_INPUT', 'The id of a customer must be a UUID.');
    const keys = keying(facts);
    return db.transaction(async (tx) => {
      const candidates = await among(tx, rows, [
        ...(await sharingBlocks(tx, [blocksOf(keys)])),
        ...(await namedSimilarly(tx, keys.name)),
      ]);
      const decided = self === null ? undefined : (await verdictsOf(tx, [self])).get(self);
      const profile = profileOf(keys);
      const others = new Map(candidates.map((candidate) => [candidate.id, candidate]));
      if (self !== null) others.delete(self);
      const found = [...others.values()].map(({ id, ...theirs }) => ({
        id,
        ...compare(profile, profileOf(theirs)),
      }));
      return ranked(found, decided);
    });
  };
}
