import type { RequestContext } from '../../runtime/context.ts';
import type { Rows } from '../../runtime/rows.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import type { WriteView } from '../coordination.ts';
import type { Refusal } from '../refusal.ts';
import type { Values } from '../write.ts';
import type { MergePlan, MergeSide } from './merging/plan.ts';
import type { Answer, Entry, Stage, Workflow, WorkflowState } from './workflow.ts';

/**
 * Workflows, as their public surface meets them. A refusal is a value; a promise rejects only where something is broken.
 * Ids are UUIDs in lower case; who asks, and under which correlation id, is in the context.
 */
export interface Workflows {
  /** Starts to onboard a customer; the same key and body give the workflow there is. */
  onboard(asked: Onboard, context: RequestContext): Promise<Started>;
  /** Starts to erase a customer; the same key and body give the workflow there is. */
  erase(asked: Erase, context: RequestContext): Promise<Started>;
  /** What it would mean for one customer to live on as another. Without an effect. */
  planMerge(asked: MergeAsked, context: RequestContext): Promise<PlannedMerge>;
  /** Starts to let one customer live on as another; the same key and body give the workflow there is. */
  merge(order: MergeOrder, context: RequestContext): Promise<Started>;
  /** Starts to make a merged customer its own again; the same key and body give the workflow there is. */
  unmerge(order: UnmergeOrder, context: RequestContext): Promise<Started>;
  workflow(id: string): Promise<WorkflowView | null>;
  /** Newest first. */
  page(
    filter: WorkflowFilter,
    page: { readonly first: number; readonly after: string | null },
  ): Promise<WorkflowPage>;
  /** A workflow as it is, and again whenever it has come on, until it is over; null where there is none. */
  progress(id: string, signal: AbortSignal): Promise<AsyncGenerator<WorkflowView, void> | null>;
  /** The writes with these ids. */
  writes(ids: readonly string[]): Promise<ReadonlyMap<string, WriteView>>;
  /** Answers what it is parked for; once for each key. */
  answer(id: string, answer: Answer, key: string, context: RequestContext): Promise<Decided>;
  /** The same as a steward has concluded, whose right to do so was checked. */
  conclude(id: string, answer: Answer, by: string, key: string): Promise<Decided>;
  /** Ends it, and undoes what it has done; refused once it has come too far for that. */
  cancel(id: string, reason: string | null, by: string, context: RequestContext | null): Promise<Decided>;
  /** Has what was refused tried again, and what a person may have mended elsewhere looked at again. */
  retry(id: string, context: RequestContext): Promise<Decided>;
  /** The same as a steward has concluded; a write that waits for a person is left alone. */
  tryAgain(id: string, by: string): Promise<Decided>;
}

/** A customer to be onboarded. */
export interface Onboard {
  readonly entity: EntityName;
  /** One that exists, as the caller gave it; null where it is to be made. */
  readonly entityId: string | null;
  /** Values by attribute, as in the contract's input types, and beside them `country` and `billingCurrency`. */
  readonly values: Values;
  readonly key: string | null;
  readonly reason: string | null;
}

/** A customer to be erased. */
export interface Erase {
  readonly entity: EntityName;
  readonly entityId: string;
  /** Its name or its id, so that nobody is meant by mistake. */
  readonly confirm: string;
  readonly key: string | null;
  readonly reason: string;
}

/** Two customers that are to become one, by ids as the caller gave them. */
export interface MergeAsked {
  readonly survivorId: string;
  readonly otherId: string;
  readonly chosen: Readonly<Record<string, MergeSide>>;
}

/** A merge that is to be carried out. */
export interface MergeOrder extends MergeAsked {
  readonly planHash: string | null;
  readonly reason: string;
  readonly key: string | null;
}

/** What a merge would do. */
export interface PlannedMerge {
  /** Null where there is none with the id that was given. */
  readonly survivorId: string | null;
  readonly otherId: string | null;
  /** Null where it could not be found out. */
  readonly plan: MergePlan | null;
  readonly refusals: readonly Refusal[];
}

/** A customer that is to be its own again, by its id as the caller gave it. */
export interface UnmergeOrder {
  readonly customerId: string;
  readonly reason: string;
  readonly key: string | null;
}

export interface Started {
  readonly workflow: WorkflowView | null;
  readonly refusals: readonly Refusal[];
  /** Whether it was there already under this key. */
  readonly replayed: boolean;
}

export interface Decided {
  /** Null where there is none. */
  readonly workflow: WorkflowView | null;
  readonly refusals: readonly Refusal[];
}

/** A workflow with everything that may be told of it. */
export interface WorkflowView extends Workflow {
  /** Oldest first. */
  readonly timeline: readonly (Entry & { readonly at: string })[];
}

export interface WorkflowPage {
  readonly workflows: readonly WorkflowView[];
  readonly hasNextPage: boolean;
}

/** Every given condition holds of a workflow; of a list, one of its items. */
export interface WorkflowFilter {
  readonly entityIds?: readonly string[];
  readonly states?: readonly WorkflowState[];
  readonly stages?: readonly Stage[];
  /** Its customer is seen; null, or left out, for all. */
  readonly rows?: Rows;
  /** Or it was asked for by this subject, and nothing is known of the customer yet. */
  readonly subject?: string;
}
