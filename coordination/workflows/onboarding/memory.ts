import type { Values } from '../../write.ts';
import type { Candidate } from '../question.ts';
import type { Enrichment } from '../reference/reference.ts';
import type { Ending, Written } from '../workflow.ts';

/** What an onboarding knows and has done. All that it decides follows from this. */
export interface Memory {
  /**
   * What callers have given: values by attribute, as in the contract's input types, and beside them `country` and
   * `billingCurrency`.
   */
  readonly given: Values;
  /** Whether the CRM has been read; again where it may have changed. */
  readonly read: boolean;
  /** The CRM's values; null where it has no account. */
  readonly account: Values | null;
  /** Customers of whom a person said that they are others. */
  readonly cleared: readonly string[];
  /** Other customers that may be the same, by what they were looked for; null where they are to be looked for. */
  readonly matched: { readonly of: string; readonly candidates: readonly Candidate[] } | null;
  readonly enriched: { readonly of: string; readonly enrichment: Enrichment } | null;
  /** What a second person has approved, by a hash of it. */
  readonly approved: { readonly of: string; readonly by: string } | null;
  /** Writes by stage, and the writes that undo them under `<stage>/undo`; null where it is known that there is none. */
  readonly writes: Readonly<Record<string, Written | null>>;
  /** How often the write of a stage has become another one. */
  readonly generations: Readonly<Record<string, number>>;
  /** How it ends once everything is undone; null while it goes on. */
  readonly ending: Ending | null;
  /** Times in a row that somebody could not be reached. */
  readonly waits: number;
}

export function begunWith(given: Values): Memory {
  return {
    given,
    read: false,
    account: null,
    cleared: [],
    matched: null,
    enriched: null,
    approved: null,
    writes: {},
    generations: {},
    ending: null,
    waits: 0,
  };
}
