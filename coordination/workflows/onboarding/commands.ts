import type { Facts } from '../../../identity/facts.ts';
import type { Candidate } from '../question.ts';
import type { Enrichment, Subject } from '../reference/reference.ts';
import type { WorkflowEvent } from '../workflow.ts';

/** What only an onboarding has done. */
export type OnboardingCommand =
  /**
   * Look for other customers that are the same; `cleared` were looked at by a person. One that is to be made is in the
   * register from then on, so that others find it.
   */
  | {
      readonly do: 'MATCH';
      readonly facts: Facts;
      readonly cleared: readonly string[];
      readonly parent: string | null;
      readonly toBeMade: boolean;
    }
  /** Ask the reference what the country demands. */
  | { readonly do: 'ENRICH'; readonly of: Subject };

/** What comes of it. */
type Found =
  | { readonly type: 'MATCHED'; readonly facts: Facts; readonly candidates: readonly Candidate[] }
  | { readonly type: 'ENRICHED'; readonly of: Subject; readonly enrichment: Enrichment };

/** What has happened to an onboarding. */
export type OnboardingEvent = WorkflowEvent | Found;
