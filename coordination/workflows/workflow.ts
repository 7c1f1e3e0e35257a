import type { SystemName } from '../../schema/generated/contracts.ts';
import type { OrderedStep } from '../ordered.ts';
import type { Cause, Values, WriteState } from '../write.ts';
import type { Question } from './question.ts';
import type { Enrichment } from './reference/reference.ts';

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
  | 'ENDED'
  | 'GUARDS'
  | 'BILLING_ERASURE'
  | 'ERP_ERASURE'
  | 'CRM_ERASURE'
  | 'FORGETTING'
  | 'DRAINING'
  | 'ATTRIBUTES'
  | 'SYSTEM_MERGE'
  | 'LINKS'
  | 'RELEASE';

/** What a caller has started, as it is stored. `Memory` is what its kind remembers. */
export interface Workflow<Memory = unknown> {
  readonly id: string;
  readonly kind: string;
  readonly entity: string;
  readonly entityId: string;
  readonly state: WorkflowState;
  readonly stage: Stage;
  /** Null where it was erased with its customer; such a workflow is over. */
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

/**
 * What is to be done next for a workflow, of whatever kind; a kind has commands of its own beside them. Each may be done
 * again: what it finds done is not repeated.
 */
export type Command =
  /** Read attributes of the entity in one system. */
  | (Meant & {
      readonly do: 'READ';
      readonly system: SystemName;
      readonly attributes: readonly string[];
    })
  /** Have a write carried out under the key of its place, and learn how far it has come. */
  | (Meant & { readonly do: 'WRITE'; readonly place: Place; readonly steps: readonly OrderedStep[] })
  /** End the write of a place, where nothing of it has begun, and learn how far it has come; there may be none. */
  | { readonly do: 'STOP'; readonly place: Place }
  /** Nothing, until somebody or something wakes it. */
  | { readonly do: 'WAIT' }
  | { readonly do: 'END' };

/** Whom a command is about, where it is somebody else than the workflow is. */
interface Meant {
  readonly of?: string;
}

/** A command that only one kind knows, and an event that comes of it. */
export interface OwnCommand {
  readonly do: string;
}
export interface OwnEvent {
  readonly type: string;
}

/** The place of a write in its workflow: each has one write, however often it is ordered. */
export interface Place {
  readonly stage: Stage;
  /** Grows when what the stage has to write is another thing. */
  readonly generation: number;
  readonly undo: boolean;
}

/** How far a write of a workflow has come; what is said of its step is that of its first. */
export interface Written extends WrittenStep {
  readonly id: string;
  readonly state: WriteState;
  /** The other ones; absent where there are none. */
  readonly others?: readonly WrittenStep[];
  readonly causes: readonly Pick<Cause, 'code' | 'message' | 'attribute'>[];
}

/** What has become of one step of it. */
export interface WrittenStep {
  /** Whether it changed anything; a record that was there already is left as it was. */
  readonly applied: boolean;
  readonly kind: OrderedStep['kind'];
  readonly system: SystemName;
  /** The record's version after it, by which it is undone. */
  readonly version: string | null;
  /** The values as they were, and as they are now. */
  readonly before: Values;
  readonly after: Values;
  /** Of a step by which records are merged. */
  readonly merge?: OrderedStep['merge'];
  /** Whether a call that was to make its record may still arrive. */
  readonly loose?: boolean;
}

/** What has happened to a workflow, of whatever kind. */
export type WorkflowEvent =
  /** Null where the system has no record of it. */
  | { readonly type: 'READ'; readonly system: SystemName; readonly values: Values | null }
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
  | 'ENDED'
  | 'ERASED'
  | 'HELD'
  | 'LINKED';

/** Why it ends before it has reached its end. */
export interface Ending {
  readonly state: 'FAILED' | 'CANCELLED';
  readonly code: EndingCode;
  readonly message: string;
  /** The customer that this one is; only of DUPLICATE_CUSTOMER. */
  readonly customer?: string;
}

export type EndingCode =
  | 'DUPLICATE_CUSTOMER'
  | 'DECLINED'
  | 'CANCELLED'
  | 'NOT_ONBOARDABLE'
  | 'NOT_ERASABLE'
  | 'BLOCKED'
  | 'PLAN_CHANGED'
  | 'REFUSED';

/** All decisions of one kind of workflow. Pure. `Own` is what only it has done, `Happened` what comes of that. */
export interface Kind<
  Memory = unknown,
  Own extends OwnCommand = OwnCommand,
  Happened extends OwnEvent = OwnEvent,
> {
  readonly kind: WorkflowKind;
  /** Whether values of the customer are in what it remembers: that is readable as long as the customer is not erased. */
  readonly hasValues: boolean;
  /** Scopes of which whoever cancels it or has it tried again needs all. */
  readonly scopes: readonly string[];
  /** Stages in which it is not cancelled any more: what has been done cannot be undone as a whole. */
  readonly pivot: readonly Stage[];
  /** Whether its wish to end was taken up. */
  isEnding(workflow: Workflow<Memory>): boolean;
  /** Times in a row that somebody could not be reached. */
  waits(workflow: Workflow<Memory>): number;
  decide(workflow: Workflow<Memory>): Command | Own;
  evolve(workflow: Workflow<Memory>, event: WorkflowEvent | Happened): Workflow<Memory>;
  /** What is told of the event that led from one to the other. */
  told(before: Workflow<Memory>, event: WorkflowEvent | Happened, after: Workflow<Memory>): readonly Entry[];
  /** What a person is asked now; null where nobody is. */
  question(workflow: Workflow<Memory>): Question | null;
  /** What a steward is asked while it is parked, by a key of its own; null where nobody is. */
  asks(workflow: Workflow<Memory>): Asked | null;
  shown(workflow: Workflow<Memory>): Outline;
}

/** What a kind of workflow can be. */
export type WorkflowKind = 'ONBOARDING' | 'ERASURE' | 'MERGE' | 'UNMERGE';

/** What is shown of a workflow beside its question and what has happened to it. */
export interface Outline {
  /** Whether a system has a record of the customer, or has had one. */
  readonly isMade: boolean;
  /** Why it ended, or is about to end, before it was done; null where it did not. */
  readonly ending: Ending | null;
  /** The customer that it is merged with, or taken out of; null where there is none. */
  readonly other: string | null;
  /** What the customer's country demands; null where nobody was asked. */
  readonly enrichment: Enrichment | null;
  /** Ids of the writes that it has ordered, in the order in which they were accepted. */
  readonly writes: readonly string[];
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
