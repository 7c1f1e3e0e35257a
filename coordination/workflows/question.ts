import type { SystemName } from '../../schema/generated/contracts.ts';

/** What a person is asked. */
export type Question =
  /** Values that are missing, or cannot be used as they are. */
  | { readonly kind: 'FIELDS'; readonly fields: readonly Field[] }
  | { readonly kind: 'DUPLICATE'; readonly candidates: readonly Candidate[] }
  /** A second person with all of these scopes has to agree. */
  | { readonly kind: 'APPROVAL'; readonly scopes: readonly string[]; readonly why: readonly string[] }
  /** A system refused its part: give other values, or have it tried again. */
  | {
      readonly kind: 'REFUSED';
      readonly write: string;
      readonly system: SystemName;
      readonly fields: readonly Field[];
    }
  /** A write waits for a person: what is decided there goes on here. */
  | { readonly kind: 'WRITE'; readonly write: string; readonly system: SystemName };

/** Something that is wrong with one value. */
export interface Field {
  /** An attribute or a place in it, e.g. `billingAddress.postalCode`; empty where a system named none. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** Another customer that may be the same, as the register sees it. */
export interface Candidate {
  readonly id: string;
  readonly verdict: 'SAME' | 'ASK';
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** Who is meant by saying that it is the same: of several that are as likely only `answerWorkflow` can say. Pure. */
export function meantBySame(candidates: readonly Candidate[]): string | null {
  const likely = candidates.filter(({ verdict }) => verdict === 'SAME');
  const [one, ...others] = likely.length > 0 ? likely : candidates;
  return one && others.length === 0 ? one.id : null;
}
