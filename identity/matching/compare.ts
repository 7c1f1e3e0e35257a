import type { IdentifierKind, MatchPart, MatchVerdict } from '../../schema/generated/identity.ts';
import { mostAlike } from './address.ts';
import { wordSetsAlike } from './alike.ts';
import { domainsAlike, taxIdsAlike, valuesAlike } from './identifiers.ts';
import type { Reason } from './match.ts';
import { namesAlike } from './name.ts';
import type { Profile } from './profile.ts';
import { prior, thresholds, unique, verdictOf, weightOf } from './weights.ts';

/** How alike a part is; null where one of the two does not have it. */
type Alike = (one: Profile, other: Profile) => number | null;

/** The parts, those first that are compared at once. */
const parts: Readonly<Record<MatchPart, Alike>> = {
  TAX_ID: (one, other) => taxIdsAlike(one.taxIds, other.taxIds),
  LEI: (one, other) => valuesAlike(one.leis, other.leis),
  IBAN: (one, other) => valuesAlike(one.ibans, other.ibans),
  COUNTRY: ({ country: one }, { country: other }) =>
    one === null || other === null ? null : Number(one === other),
  PHONE: (one, other) => valuesAlike(one.phones, other.phones),
  DOMAIN: domainsAlike,
  LEGAL_FORM: (one, other) => valuesAlike(one.name?.forms ?? [], other.name?.forms ?? []),
  NAME: nameOrItsPlace,
  ADDRESS: (one, other) => mostAlike(one.addresses, other.addresses),
};
const names = Object.keys(parts) as MatchPart[];
/** Each part, and what those behind it add at most. */
const compared = names.map((part, i) => ({
  part,
  alike: parts[part],
  rest: names.slice(i + 1).reduce((sum, name) => sum + weightOf(name, 1), 0),
}));

/** How alike two names are that stand in each other's address. */
const misplaced = 0.95;
/** From here on a name and a street are the same words. */
const sameWords = 0.85;

/** Names, or a name and the street that it was mixed up with. */
function nameOrItsPlace(one: Profile, other: Profile): number | null {
  if (!one.name || !other.name) return null;
  const alike = namesAlike(one.name, other.name);
  if (alike > 0.5) return alike;
  const stands = ({ name }: Profile, { addresses }: Profile) =>
    addresses.some(({ street }) => wordSetsAlike(name?.words ?? [], street) >= sameWords);
  return stands(one, other) && stands(other, one) ? misplaced : alike;
}

/** What a comparison of two customers comes to. */
export interface Comparison {
  readonly verdict: MatchVerdict;
  /** From 0 to 1. */
  readonly score: number;
  /** The weightiest first. */
  readonly reasons: readonly Reason[];
}

/**
 * Compares two customers: the weights of all parts that both have are added to what holds for any two, and the sum is the
 * logit of the score. Pure, and the same whichever of them comes first.
 */
export function compare(one: Profile, other: Profile): Comparison {
  const comparison = comparedUpTo(one, other, -Infinity);
  if (!comparison) throw new Error('a comparison without a limit was given up');
  return comparison;
}

/** Compares two customers that may be one; null as soon as it is certain that the verdict is DIFFERENT. */
export function comparePossible(one: Profile, other: Profile): Comparison | null {
  const comparison = comparedUpTo(one, other, leastPossible);
  return comparison?.verdict === 'DIFFERENT' ? null : comparison;
}

/** The least sum with which the verdict can be another than DIFFERENT. */
const leastPossible = Math.log(thresholds.ASK / (1 - thresholds.ASK)) - 0.01;

function comparedUpTo(one: Profile, other: Profile, least: number): Comparison | null {
  const reasons: Reason[] = [];
  let sum = prior;
  let collides = false;
  for (const { part, alike, rest } of compared) {
    const agreement = alike(one, other);
    if (agreement !== null) {
      const weight = weightOf(part, agreement);
      sum += weight;
      reasons.push({ part, agreement: rounded(agreement), weight: rounded(weight) });
      collides ||= agreement === 1 && unique.includes(part);
    }
    if (!collides && part !== 'TAX_ID' && sum + rest < least) return null;
  }
  reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const score = rounded(1 / (1 + Math.exp(-sum)));
  return { verdict: verdictOf(score, collides), score, reasons };
}

/** Digits beyond these say nothing. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** The identifiers that two customers have in common, by the reasons of their comparison, strongest first. */
export function sharedIdentifiers(reasons: readonly Reason[]): readonly IdentifierKind[] {
  const shared = new Set(reasons.filter(({ agreement }) => agreement === 1).map(({ part }) => part));
  return (['TAX_ID', 'LEI', 'DOMAIN'] as const).filter((kind) => shared.has(kind));
}
