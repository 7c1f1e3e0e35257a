import { keyingWith } from '../../identity/keying.ts';
import { blocksOf } from '../../identity/matching/blocks.ts';
import { blockLimit } from '../../identity/matching/candidates.ts';
import { compare } from '../../identity/matching/compare.ts';
import { profileOf } from '../../identity/matching/profile.ts';
import type { MatchVerdict } from '../../schema/generated/identity.ts';
import type { DamageName } from './damage.ts';
import type { Labelled } from './labelled.ts';

/** Two records that share a block. */
export interface Scored {
  readonly score: number;
  readonly verdict: MatchVerdict;
  readonly same: boolean;
  /** What happened to the two. */
  readonly damaged: readonly DamageName[];
}

/** What blocking and comparing a set of records came to. */
export interface Measured {
  readonly records: number;
  /** Pairs that there are. */
  readonly pairs: number;
  /** Pairs of records of one company. */
  readonly same: number;
  readonly sameByDamage: ReadonlyMap<DamageName, number>;
  /** Pairs that share a block: all that are compared. */
  readonly scored: readonly Scored[];
}

export const seal = (kind: string, value: string): string => `${kind}:${value}`;
const keying = keyingWith(seal);

/** Blocks and compares a set as the product does, in memory. */
export function measure(set: readonly Labelled[]): Measured {
  const rows = set.map((one) => {
    const keys = keying(one.facts);
    return { ...one, blocks: blocksOf(keys), profile: profileOf(keys) };
  });
  const members = new Map<string, number[]>();
  for (const [i, { blocks }] of rows.entries())
    for (const block of blocks) members.set(block, [...(members.get(block) ?? []), i]);
  const candidates = new Set<number>();
  for (const block of members.values()) {
    if (block.length > blockLimit) continue;
    for (const [at, one] of block.entries())
      for (const other of block.slice(at + 1)) candidates.add(one * rows.length + other);
  }
  const scored = [...candidates].flatMap((pair): Scored[] => {
    const [one, other] = [rows[Math.floor(pair / rows.length)], rows[pair % rows.length]];
    if (!one || !other) return [];
    const { score, verdict } = compare(one.profile, other.profile);
    return [{ score, verdict, same: one.company === other.company, damaged: damagedOf(one, other) }];
  });
  const truth = [...Map.groupBy(set, ({ company }) => company).values()].flatMap((records) =>
    records.flatMap((one, i) => records.slice(i + 1).map((other) => damagedOf(one, other))),
  );
  const sameByDamage = new Map<DamageName, number>();
  for (const name of truth.flat()) sameByDamage.set(name, (sameByDamage.get(name) ?? 0) + 1);
  return {
    records: rows.length,
    pairs: (rows.length * (rows.length - 1)) / 2,
    same: truth.length,
    sameByDamage,
    scored,
  };
}

const damagedOf = (one: Labelled, other: Labelled): DamageName[] => [
  ...new Set([...one.damaged, ...other.damaged]),
];

/** Precision and recall of some pairs. */
export interface Quality {
  /** Pairs that are found. */
  readonly found: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
}

export function qualityOf({ scored, same }: Measured, isFound: (pair: Scored) => boolean): Quality {
  const found = scored.filter(isFound);
  const right = found.filter((pair) => pair.same).length;
  return {
    ...{ found: found.length, right },
    precision: found.length === 0 ? 1 : right / found.length,
    recall: same === 0 ? 1 : right / same,
  };
}

/** What has a verdict, and what has one for which a person or a machine acts. */
export const isSame = ({ verdict }: Scored): boolean => verdict === 'SAME';
export const isFound = ({ verdict }: Scored): boolean => verdict !== 'DIFFERENT';

/** How the thresholds are chosen on the first half. */
export const rules = {
  // No wrong pair at all, and a tenth more: among millions there are more that look alike.
  SAME: { precision: 1, margin: 0.1 },
  // Of twenty pairs that are not certainly different about one is.
  ASK: { precision: 0.94, margin: 0 },
} as const;

/** Thresholds that come into question: hundredths, five by five. */
const steps = Array.from({ length: 19 }, (_, i) => (i + 1) * 5);

/** The lowest threshold that keeps the rule on a set, with its margin. */
export function chosenOn(measured: Measured, rule: (typeof rules)[keyof typeof rules]): number {
  const step =
    steps.find(
      (each) => qualityOf(measured, ({ score }) => score >= each / 100).precision >= rule.precision,
    ) ?? 95;
  return Math.round(step + rule.margin * 100) / 100;
}

/** Recall by what happened to one of a pair: of blocking, of the verdicts SAME and ASK together, of SAME alone. */
export interface DamageRow {
  readonly name: DamageName;
  readonly pairs: number;
  readonly blocked: number;
  readonly found: number;
  readonly same: number;
}

export function byDamage({ scored, sameByDamage }: Measured): readonly DamageRow[] {
  return [...sameByDamage].map(([name, pairs]) => {
    const hit = scored.filter(({ same, damaged }) => same && damaged.includes(name));
    const share = (some: readonly Scored[]) => some.length / pairs;
    return {
      ...{ name, pairs, blocked: share(hit) },
      found: share(hit.filter(isFound)),
      same: share(hit.filter(isSame)),
    };
  });
}
