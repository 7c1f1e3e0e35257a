import { digest } from '../../../runtime/canonical.ts';
import { governed } from '../../plan.ts';
import { knownOf, type Known } from './known.ts';
import type { Memory } from './memory.ts';

/**
 * What we grant a new customer instead of taking it from what the customer has declared or what its country demands: the
 * approval that the contract asks for such an attribute is needed here as well.
 */
const granted = ['creditLimit', 'taxClassification'] as const;
/** Who may let a customer in that a sanctions list may mean. */
const screening = ['customer:approve:finance'];

/** What a second person has to agree to. */
export interface Approval {
  /** Scopes of which the person needs all. */
  readonly scopes: readonly string[];
  /** Attributes, or `sanctions` with the lists that may mean it. */
  readonly why: readonly string[];
  /** Stands for all of it with its values: another value is another approval. */
  readonly of: string;
}

/** What has to be approved; null where nothing has. Pure. */
export function approvalOf(memory: Memory): Approval | null {
  const known = knownOf(memory);
  const sanctions = memory.enriched?.enrichment.sanctions;
  const names = grantedIn(known);
  const review = sanctions?.verdict === 'REVIEW' ? sanctions.lists : [];
  if (names.length === 0 && review.length === 0) return null;
  const scopes = new Set([
    ...names.flatMap((name) => governed('Customer', name)?.write.approve ?? []),
    ...(review.length > 0 ? screening : []),
  ]);
  const { name, country, values } = known;
  return {
    scopes: [...scopes].sort(),
    why: [...names, ...review.map((list) => `sanctions: ${list}`)],
    of: digest({
      values: names.map((one) => values[one]),
      review,
      who: review.length > 0 ? [name, country] : [],
    }),
  };
}

function grantedIn({ values }: Known): readonly string[] {
  return granted.filter((name) => values[name] != null);
}
