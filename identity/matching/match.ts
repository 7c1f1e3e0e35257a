import type { Rows } from '../../runtime/rows.ts';
import type { MatchPart, MatchVerdict } from '../../schema/generated/identity.ts';
import type { Facts } from '../facts.ts';

/** What one part of two customers adds to the verdict. */
export interface Reason {
  readonly part: MatchPart;
  /** How alike the part is: 1 equal, 0 nothing in common. Only parts that both customers have are compared. */
  readonly agreement: number;
  /** What it weighs, in logits: positive for the same customer, negative for different ones. */
  readonly weight: number;
}

/** A customer of the graph beside what it was compared with. */
export interface Match {
  readonly id: string;
  readonly verdict: MatchVerdict;
  /** From 0, certainly different, to 1, certainly the same. */
  readonly score: number;
  /** The weightiest first. */
  readonly reasons: readonly Reason[];
  /** Whether a person has decided the verdict; score and reasons remain what they are without one. */
  readonly decided: boolean;
}

export interface MatchOptions {
  /** The customer whose facts these are: it is not among its own matches, and what people decided of it holds. */
  readonly exclude?: string | undefined;
  /** Those who are seen; null, or left out, for all. */
  readonly rows?: Rows;
}

/**
 * The customers that have most in common with these facts, the likeliest first, at most 20. Those with the verdict
 * DIFFERENT are among them, so that it can be shown what was looked at.
 * @throws Failure BAD_USER_INPUT for an `exclude` that is no UUID
 */
export type Matches = (facts: Facts, options?: MatchOptions) => Promise<readonly Match[]>;
