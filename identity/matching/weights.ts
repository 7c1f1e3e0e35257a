import type { MatchPart, MatchVerdict } from '../../schema/generated/identity.ts';

/** Pairs of an agreement and its weight in logits, by rising agreement; between two of them the weight is in between. */
type Curve = readonly (readonly [agreement: number, weight: number])[];

/**
 * What each part of two customers weighs, by how alike it is. A weight is the logarithm of how much more often two
 * records of one customer are so alike than records of two customers that have come into question.
 */
export const weights: Readonly<Record<MatchPart, Curve>> = {
  NAME: [
    [0, -6],
    [0.5, -4.5],
    [0.7, -2],
    [0.8, -0.3],
    [0.88, 1.2],
    [0.95, 3],
    [1, 3.5],
  ],
  LEGAL_FORM: [
    [0, -1.2],
    [1, 0.4],
  ],
  TAX_ID: [
    [0, -5],
    [0.9, 1.5],
    [1, 7],
  ],
  LEI: [
    [0, -8],
    [1, 9],
  ],
  IBAN: [
    [0, -0.3],
    [1, 4],
  ],
  DOMAIN: [
    [0, -0.7],
    [0.8, 1.5],
    [1, 2.5],
  ],
  PHONE: [
    [0, -0.3],
    [1, 3],
  ],
  ADDRESS: [
    [0, -1.5],
    [0.5, -0.8],
    [0.75, 1],
    [0.9, 2.5],
    [1, 3],
  ],
  COUNTRY: [
    [0, -2.5],
    [1, 0.3],
  ],
};

/** What speaks against any two customers being one before they are looked at, in logits. */
export const prior = -3;

/** The least score of a verdict. Chosen on one half of labelled customers, and measured on the other: `npm run bench:match`. */
export const thresholds = { SAME: 0.8, ASK: 0.15 } as const;

/** The weight of a part that is so alike. */
export function weightOf(part: MatchPart, agreement: number): number {
  const curve = weights[part];
  const above = curve.findIndex(([from]) => from >= agreement);
  const [high = [1, 0], low = [0, 0]] = [curve[above], curve[Math.max(0, above - 1)]];
  if (high[0] === low[0]) return high[1];
  return low[1] + ((high[1] - low[1]) * (agreement - low[0])) / (high[0] - low[0]);
}

/** Parts of which no two customers should have the same: where they do, a machine does not say that all is well. */
export const unique: readonly MatchPart[] = ['TAX_ID', 'LEI'];

/** @param collides whether two customers have in common what is unique */
export function verdictOf(score: number, collides: boolean): MatchVerdict {
  if (score >= thresholds.SAME) return 'SAME';
  return collides || score >= thresholds.ASK ? 'ASK' : 'DIFFERENT';
}
