import type { IdentifierKind, MatchPart, MatchVerdict } from '../../schema/generated/identity.ts';
import { mostAlike } from './address.ts';
import { domainsAlike, taxIdsAlike, valuesAlike } from './identifiers.ts';
import type { Reason } from './match.ts';
import { namesAlike } from './name.ts';
import type { Profile } from './profile.ts';
import { prior, unique, verdictOf, weightOf } from './weights.ts';

/** How alike each part is; null where one of the two does not have it. */
const parts: Readonly<Record<MatchPart, (one: Profile, other: Profile) => number | null>> = {
  NAME: ({ name: one }, { name: other }) => (one && other ? namesAlike(one, other) : null),
  LEGAL_FORM: (one, other) => valuesAlike(one.name?.forms ?? [], other.name?.forms ?? []),
  TAX_ID: (one, other) => taxIdsAlike(one.taxIds, other.taxIds),
  LEI: (one, other) => valuesAlike(one.leis, other.leis),
  IBAN: (one, other) => valuesAlike(one.ibans, other.ibans),
  DOMAIN: (one, other) => domainsAlike(one.domains, other.domains),
  PHONE: (one, other) => valuesAlike(one.phones, other.phones),
  ADDRESS: (one, other) => mostAlike(one.addresses, other.addresses),
  COUNTRY: ({ country: one }, { country: other }) =>
    one === null || other === null ? null : Number(one === other),
};
const compared = Object.entries(parts) as [MatchPart, (typeof parts)[MatchPart]][];

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
  const reasons: Reason[] = [];
  let sum = prior;
  for (const [part, alike] of compared) {
    const agreement = alike(one, other);
    if (agreement === null) continue;
    const weight = weightOf(part, agreement);
    sum += weight;
    reasons.push({ part, agreement: rounded(agreement), weight: rounded(weight) });
  }
  reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const score = rounded(1 / (1 + Math.exp(-sum)));
  const collides = reasons.some(({ part, agreement }) => agreement === 1 && unique.includes(part));
  return { verdict: verdictOf(score, collides), score, reasons };
}

/** Digits beyond these say nothing. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** The identifiers that two customers have in common, by the reasons of their comparison, strongest first. */
export function sharedIdentifiers(reasons: readonly Reason[]): readonly IdentifierKind[] {
  const shared = new Set(reasons.filter(({ agreement }) => agreement === 1).map(({ part }) => part));
  return (['TAX_ID', 'LEI', 'DOMAIN'] as const).filter((kind) => shared.has(kind));
}
