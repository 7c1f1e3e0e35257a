import type { Facts } from '../../identity/facts.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { OrderedStep } from '../ordered.ts';
import type { Cause, Values, WriteState } from '../write.ts';
import type { Enrichment, Subject } from './reference/reference.ts';

/** `PARKED` waits for a person, or for what a person does elsewhere. The last three are final. */
export type WorkflowState = 'RUNNING' | 'PARKED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** Where a workflow stands. Those named after a record are over once its write is. */
export type Stage =
  | 'READING'
  | 'FIELDS'
  | 'DUPLICATES'
  | 'ENRICHMENT'
  | 'APPROVAL'
  | 'CRM_ACCOUNT'
  | 'ERP_CUSTOMER'
  | 'BILLING_ACCOUNT'
  | 'ACTIVATION'
  | 'UNDOING'
  | 'ENDED';

/** What a caller has started, as it is stored. `Memory` is what its kind remembers. */
export interface Workflow<Memory = unknown> {
  readonly id: string;
  readonly kind: string;
  readonly entity: string;
  readonly entityId: string;
  readonly state: WorkflowState;
  readonly stage: Stage;
  readonly memory: Memory;
  /** Of the worker that holds it; a worker with an older one changes nothing. */
  readonly epoch: number;
  /** Who wants its end; null while nobody does. */
  readonly cancelling: { readonly by: string; readonly reason: string | null } | null;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly settledAt: string | null;
}

/** What is to be done next for a workflow. Each may be done again: what it finds done is not repeated. */
export type Command =
  /** Read attributes of the entity in one system. */
  | { readonly do: 'READ'; readonly system: SystemName; readonly attributes: readonly string[] }
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
  | { readonly do: 'ENRICH'; readonly of: Subject }
  /** Have a write carried out under the key of its place, and learn how far it has come. */
  | { readonly do: 'WRITE'; readonly place: Place; readonly steps: readonly OrderedStep[] }
  /** End the write of a place, where nothing of it has begun, and learn how far it has come; there may be none. */
  | { readonly do: 'STOP'; readonly place: Place }
  /** Nothing, until somebody or something wakes it. */
  | { readonly do: 'WAIT' }
  | { readonly do: 'END' };

/** The place of a write in its workflow: each has one write, however often it is ordered. */
export interface Place {
  readonly stage: Stage;
  /** Grows when what the stage has to write is another thing. */
  readonly generation: number;
  readonly undo: boolean;
}

/** Another customer that may be the same, as the register sees it. */
export interface Candidate {
  readonly id: string;
  readonly verdict: 'SAME' | 'ASK';
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** How far a write of a workflow has come. */
export interface Written {
  readonly id: string;
  readonly state: WriteState;
  /** Whether it changed anything; a record that was there already is left as it was. */
  readonly applied: boolean;
  readonly kind: OrderedStep['kind'];
  readonly system: SystemName;
  /** The record's version after it, by which it is undone. */
  readonly version: string | null;
  /** The values as they were, and as they are now. */
  readonly before: Values;
  readonly after: Values;
  readonly causes: readonly Pick<Cause, 'code' | 'message' | 'attribute'>[];
}

/** What has happened to a workflow. */
export type WorkflowEvent =
  /** Null where the system has no record of it. */
  | { readonly type: 'READ'; readonly system: SystemName; readonly values: Values | null }
  | { readonly type: 'MATCHED'; readonly facts: Facts; readonly candidates: readonly Candidate[] }
  | { readonly type: 'ENRICHED'; readonly of: Subject; readonly enrichment: Enrichment }
  /** Null where no write was ever ordered at this place. */
  | { readonly type: 'WRITTEN'; readonly place: Place; readonly write: Written | null }
  /** Somebody who was asked could not be reached. */
  | { readonly type: 'LATER'; readonly who: string; readonly code: string }
  /** Something may have changed elsewhere that it is parked for. */
  | { readonly type: 'WOKEN' }
  | { readonly type: 'CANCELLING'; readonly by: string; readonly reason: string | null }
  | { readonly type: 'ANSWERED'; readonly by: string; readonly answer: Answer }
  | { readonly type: 'RETRIED'; readonly by: string };

/** What a person says to a question. */
export interface Answer {
  /** Values by attribute, laid over those that are known. */
  readonly values: Values;
  /** Customers that are others than this one. */
  readonly different: readonly string[];
  /** The customer that this one is. */
  readonly sameAs: string | null;
  readonly approve: boolean | null;
  readonly reason: string | null;
}

/** One line of what has happened, for people: codes, names of attributes and ids, never values. */
export interface Entry {
  readonly event: EntryKind;
  readonly stage: Stage;
  /** Subject of the person; null where nobody decided. */
  readonly by: string | null;
  readonly message: string;
  /** Id of the write that it is about. */
  readonly write?: string;
}

export type EntryKind =
  | 'STARTED'
  | 'READ'
  | 'ASKED'
  | 'ANSWERED'
  | 'CHECKED'
  | 'ENRICHED'
  | 'APPROVED'
  | 'WRITTEN'
  | 'REFUSED'
  | 'UNDONE'
  | 'LEFT'
  | 'RETRIED'
  | 'CANCELLING'
  | 'ENDED';

/** All decisions of one kind of workflow. Pure. */
export interface Kind<Memory> {
  readonly kind: string;
  /** Stages in which it is not cancelled any more: what has been done cannot be undone as a whole. */
  readonly pivot: readonly Stage[];
  /** Whether its wish to end was taken up. */
  isEnding(workflow: Workflow<Memory>): boolean;
  /** Times in a row that somebody could not be reached. */
  waits(workflow: Workflow<Memory>): number;
  decide(workflow: Workflow<Memory>): Command;
  evolve(workflow: Workflow<Memory>, event: WorkflowEvent): Workflow<Memory>;
  /** What is told of the event that led from one to the other. */
  told(before: Workflow<Memory>, event: WorkflowEvent, after: Workflow<Memory>): readonly Entry[];
  /** What a steward is asked while it is parked, by a key of its own; null where nobody is. */
  asks(workflow: Workflow<Memory>): Asked | null;
}

/** A question for a person, by reference. */
export interface Asked {
  readonly key: string;
  readonly customers: readonly string[];
  readonly evidence: Readonly<Record<string, readonly string[]>>;
  readonly offered: readonly ('CONTINUE' | 'SAME' | 'DIFFERENT' | 'CANCEL')[];
}

export function isOver(state: WorkflowState): boolean {
  return state !== 'RUNNING' && state !== 'PARKED';
}
