import type { Fingerprints } from '../events/index.ts';
import type { SystemName } from '../schema/generated/contracts.ts';

/** Values by attribute, each in the JSON form in which the contract's input types give it; null clears. */
export type Values = Readonly<Record<string, unknown>>;

/** `ALL`: every attribute or none. `EACH`: as many as possible. */
export type Mode = 'ALL' | 'EACH';

/** Workloads that do not hold each other up. */
export const lanes = ['INTERACTIVE', 'ONBOARDING', 'BULK'] as const;
export type Lane = (typeof lanes)[number];

/** What an owner's declared capabilities make of a step, at best. */
export type Guarantee = 'EFFECTIVELY_ONCE' | 'ONCE_UNLESS_RACED' | 'AT_MOST_ONCE';

/**
 * `AWAITING_APPROVAL` is not in its queue yet, `PENDING` waits in it, `RUNNING` and `COMPENSATING` are held by a worker's
 * lease. `REVIEW` waits for a person and holds up nobody. The others are final.
 */
export type WriteState =
  | 'AWAITING_APPROVAL'
  | 'PENDING'
  | 'RUNNING'
  | 'COMPENSATING'
  | 'SUCCEEDED'
  | 'PARTIAL'
  | 'FAILED'
  | 'CANCELLED'
  | 'REVIEW';

/** Whether nothing more happens to a write by itself. */
export function isOver(state: WriteState): boolean {
  return !['AWAITING_APPROVAL', 'PENDING', 'RUNNING', 'COMPENSATING'].includes(state);
}

/**
 * `READY`: has no effect. `UNKNOWN`: may have had one. `UNDOING`: is to be undone, or may have been. `FAILED`: refused by
 * its owner. `DEAD`: attempts used up. `REVIEW`: only a person can tell. `SKIPPED`: not tried, because another step failed.
 */
export type StepState =
  | 'READY'
  | 'UNKNOWN'
  | 'APPLIED'
  | 'UNCHANGED'
  | 'FAILED'
  | 'DEAD'
  | 'REVIEW'
  | 'UNDOING'
  | 'COMPENSATED'
  | 'SKIPPED';

/** Why a step is where it is. */
export interface Cause {
  readonly code: string;
  readonly message: string;
  /** The attribute that the owner refused, where it said so. */
  readonly attribute?: string;
  /** What the owner had instead of what was expected, by attribute. */
  readonly current?: Values;
  /** What else was refused at the same time. */
  readonly others?: readonly Cause[];
}

/**
 * `OWNER` writes what the system owns, `COPY` what it keeps a copy of. `CREATE` makes the system's record of an entity, of
 * both; a record that is there already is left as it is. `WITHDRAW` takes the record away again. `ERASE` leaves nothing
 * of any record of it but what the law has the system keep. `MERGE` has the system let one of its records live on as
 * another, `UNMERGE` takes them apart.
 */
export type StepKind = 'OWNER' | 'COPY' | 'CREATE' | 'WITHDRAW' | 'ERASE' | 'MERGE' | 'UNMERGE';

/** One call to one owner: all attributes of a write that this system owns, or keeps copies of. */
export interface Step {
  /** Place in the order of the plan, from 0. */
  readonly ordinal: number;
  readonly system: SystemName;
  readonly kind: StepKind;
  /** Of a new record, all that it is made of; of one that is withdrawn or merged, nothing. */
  readonly changes: Values;
  /** The version that the caller insists on; null where it does not. */
  readonly expect: string | null;
  /** Null while no owner has said what it can do. */
  readonly guarantee: Guarantee | null;
  /** Whether the owner can take it back only where it is still ours. */
  readonly undoable: boolean;
  readonly state: StepState;
  /** The record as it was: journalled before the first call that may change it. Null while that is not known. */
  readonly before: Before | null;
  /** The system's own key of a record that was made, or found in its place; absent while there is none. */
  readonly key?: string;
  /** The system's own keys of the record that stays, and of the one that lives on as it; of a merge, or its undoing, only. */
  readonly merge?: { readonly into: string; readonly from: string };
  /**
   * Whether a call that was to make the record may still arrive and make it, which is refused only as long as there is
   * one: from then on it is not taken away again, unless a person says so.
   */
  readonly loose?: boolean;
  /** The owner's version after our effect; null where it left no record. */
  readonly versionAfter: string | null;
  /** The attributes after our effect, in the graph's own form. */
  readonly after: Values | null;
  /** Whether a call that may have changed the record since `before` was read is without an answer. */
  readonly sent: boolean;
  /** Calls that were sent and ended unknown or with another version found; so many are allowed. */
  readonly attempts: number;
  /** Times in a row that the owner could not be asked; what makes the pauses longer. */
  readonly waits: number;
  /** Epoch milliseconds by the store's clock before which nothing is done; null where it may be done now. */
  readonly due: number | null;
  /** Grows when a person starts the step anew: the owner then sees another idempotency key. */
  readonly generation: number;
  readonly cause: Cause | null;
  /** Attributes that were accepted without the approval they need, because they were unchanged: they have to stay so. */
  readonly unapproved?: readonly string[];
  /** Whether the copies of what it changed have been ordered. */
  readonly copied?: boolean;
  /** When it came to rest, ISO 8601 in UTC by the store's clock; null where the write's own time counts. */
  readonly settledAt: string | null;
  /** What its last effect made of the owner's record. Told with the next settlement, and no part of what is stored. */
  readonly effect?: Effect;
}

/** An effect on an owner's record, for the change feed. */
export interface Effect extends Omit<Recorded, 'fingerprints'> {
  /** Null for a record that was taken away, as its version is. */
  readonly fingerprints: Fingerprints | null;
  readonly version: string | null;
  /** The version that it had until then; null where somebody else may have changed it in between. */
  readonly foundVersion: string | null;
}

/** What the change feed is told of an owner's record. */
export interface Recorded {
  /** The owner's own key. */
  readonly key: string;
  readonly fingerprints: Fingerprints;
}

export interface Before {
  /** Null where there was no record. */
  readonly version: string | null;
  /** Current values of the attributes, in the graph's own form. */
  readonly values: Values;
  /** What puts them back, in the owner's own words; opaque here. */
  readonly restore: unknown;
  /** Attributes that had the wanted value already. */
  readonly same: readonly string[];
}

/** A governed write: one request, its steps, and where it stands. */
export interface Write {
  readonly id: string;
  readonly entity: string;
  readonly entityId: string;
  readonly mode: Mode;
  readonly lane: Lane;
  readonly state: WriteState;
  /** Of the worker that holds it; a worker with an older one changes nothing. */
  readonly epoch: number;
  readonly steps: readonly Step[];
  /** Correlation id of the caller, passed on to every owner. */
  readonly correlationId: string;
  /** W3C trace context of the caller. */
  readonly traceparent: string | null;
}

/** Whether something is still to be done for a step without a person. */
export function isOpen({ state }: Pick<Step, 'state'>): boolean {
  return state === 'READY' || state === 'UNKNOWN' || state === 'UNDOING';
}

/** The attributes of a step that had another value before. */
export function effective({ changes, before }: Pick<Step, 'changes' | 'before'>): Values {
  if (!before || before.same.length === 0) return changes;
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !before.same.includes(name)));
}
