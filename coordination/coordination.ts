import type { Fingerprinter } from '../events/index.ts';
import type { Identity } from '../identity/index.ts';
import type { RequestContext } from '../runtime/context.ts';
import type { Db } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import type { LifecycleStatus } from '../schema/generated/coordination.ts';
import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { Limit } from './limits.ts';
import type { Participant } from './participant.ts';
import type { Refusal } from './refusal.ts';
import type { Review } from './review.ts';
import type { Lane, Mode, Step, Values, Write, WriteState } from './write.ts';

/**
 * Governed writes, as their public surface meets them. A refusal is a value; a promise rejects only with a `Failure`, or
 * where something is broken. Ids of writes are UUIDs in lower case; all times are ISO 8601 in UTC. Who asks, and under
 * which correlation id, is in the context.
 */
export interface Coordination {
  /** Accepts a write and, as `wait` says, waits for its end; the same key and body give the write there is. */
  update(asked: Update, context: RequestContext): Promise<Updated>;
  /** What `update` would do, by the same decisions and without an effect. */
  plan(asked: Change, context: RequestContext): Promise<Planned>;
  /** The same for a status and all that it brings about. */
  changeStatus(asked: StatusChange, context: RequestContext): Promise<Updated>;
  planStatus(asked: StatusChange, context: RequestContext): Promise<Planned>;
  write(id: string, context: RequestContext): Promise<WriteView | null>;
  /** Newest first. */
  writes(filter: WriteFilter, page: Page, context: RequestContext): Promise<WritePage>;
  /** Writes that are not over, of many entities at once, each with a page of its own, oldest first. */
  pendingOf(
    entityIds: readonly string[],
    page: Page,
    context: RequestContext,
  ): Promise<ReadonlyMap<string, WritePage>>;
  /** A write as it is, and again whenever it has come on, until it and its copies are over; null where there is none. */
  progress(id: string, context: RequestContext): Promise<AsyncGenerator<WriteView, void> | null>;
  /** Ends a write of which nothing has begun. */
  cancel(id: string, context: RequestContext): Promise<Decided>;
  approve(id: string, context: RequestContext): Promise<Decided>;
  decline(id: string, reason: string | null, context: RequestContext): Promise<Decided>;
  /** Starts what failed of one write anew, or what waits for a person. */
  retry(id: string, context: RequestContext): Promise<Decided>;
  /** The same for all dead letters that match, oldest first; a dry run only tells which. */
  redrive(filter: DeadLetterFilter, dryRun: boolean, context: RequestContext): Promise<Redriven>;
}

/** What is to change. */
export interface Change {
  readonly entity: EntityName;
  /** As the caller gave it: it may be unknown, malformed, or merged into another one. */
  readonly entityId: string;
  /** Of the contract's input types, every absent member of an object as null: equal values are deeply equal. */
  readonly changes: Values;
  readonly mode: Mode;
  readonly expect: readonly ExpectedVersion[];
}

export interface ExpectedVersion {
  readonly system: SystemName;
  readonly version: string;
}

/** A change that is to be made. */
export interface Update extends Change {
  /** Of the header or the input, which agree; null where neither has one. */
  readonly idempotencyKey: string | null;
  readonly reason: string | null;
  /** The plan that the caller has seen; another one is refused. */
  readonly planHash: string | null;
  readonly wait: 'ACCEPTED' | 'CONFIRMED';
  /** Until when the caller waits, if that is sooner than the request's own deadline. */
  readonly deadline: string | null;
  readonly lane: Lane;
}

/** A status that an entity is to have. */
export interface StatusChange extends Pick<
  Update,
  'entity' | 'entityId' | 'idempotencyKey' | 'wait' | 'deadline'
> {
  readonly to: LifecycleStatus;
  readonly reason: string;
}

export interface Updated {
  /** Null where it was refused. */
  readonly write: WriteView | null;
  readonly refusals: readonly Refusal[];
  /** The entity that is meant, after merges; null where there is none. */
  readonly entityId: string | null;
  /** Whether the entity that was asked for was merged into this one. */
  readonly followedMerge: boolean;
  /** Whether the write was there already under this key. */
  readonly replayed: boolean;
}

export interface Planned extends Pick<Updated, 'refusals' | 'entityId' | 'followedMerge'> {
  /** In the order in which they would be taken; what nobody can be asked for is not among them. */
  readonly steps: readonly Step[];
  /** Scopes of which a second person needs all; empty where nobody has to approve. */
  readonly approve: readonly string[];
  /** Null where the write would be refused: there is nothing to hold on to. */
  readonly planHash: string | null;
}

export interface Decided {
  /** Null where there is none, or the caller may not know of it. */
  readonly write: WriteView | null;
  readonly refusals: readonly Refusal[];
}

export interface Redriven {
  /** The first 100 of them. */
  readonly writes: readonly WriteView[];
  readonly count: number;
  readonly refusals: readonly Refusal[];
}

export interface Page {
  /** 1 to 100. */
  readonly first: number;
  /** Id of the write that the page before ended with. */
  readonly after: string | null;
}

export interface WritePage {
  readonly writes: readonly WriteView[];
  readonly hasNextPage: boolean;
}

/** Every given condition holds of a write; of a list, one of its items. */
export interface WriteFilter {
  readonly entityIds?: readonly string[];
  readonly states?: readonly WriteState[];
  /** It has a step, or a copy, in this system. */
  readonly systems?: readonly SystemName[];
  readonly lanes?: readonly Lane[];
  readonly requestedBy?: string;
  readonly acceptedFrom?: string;
  readonly acceptedBefore?: string;
  /** Its entity is seen; null, or left out, for all. */
  readonly rows?: Rows;
}

/** Dead letters: writes and copies with steps whose attempts are used up. */
export interface DeadLetterFilter {
  readonly writeIds?: readonly string[];
  readonly entityIds?: readonly string[];
  /** The dead step is in this system. */
  readonly systems?: readonly SystemName[];
  /** The dead step's cause has this code. */
  readonly codes?: readonly string[];
  readonly acceptedBefore?: string;
  /** Its entity is seen; null, or left out, for all. */
  readonly rows?: Rows;
  /** At most so many. */
  readonly limit: number;
}

/** A write and when it came to rest. */
export interface RecordedWrite extends Write {
  readonly acceptedAt: string;
  /** Null while it is not over. */
  readonly settledAt: string | null;
}

/** A write with everything that may be told of it. */
export interface WriteView extends RecordedWrite {
  /** The subject of whoever asked for it. */
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly planHash: string;
  /** The contract under which it was accepted. */
  readonly policy: string;
  /** Scopes of which a second person needs all; empty where nobody has to approve. */
  readonly approve: readonly string[];
  readonly approval: Approval | null;
  /** What a steward decided when it waited for a person last; absent where it never did. */
  readonly review?: Review;
  /** The writes that keep copies of what this one has changed, of all systems. */
  readonly copies: readonly RecordedWrite[];
}

/** What a second person decided. */
export interface Approval {
  readonly by: string;
  readonly at: string;
  readonly granted: boolean;
  readonly reason: string | null;
}

/** What coordination is opened over. */
export interface CoordinationOptions {
  /** With the migrations of coordination, of the change feed and of the audit. */
  readonly db: Db;
  readonly identity: Identity;
  /** What the audit keeps of values. */
  readonly fingerprint: Fingerprinter;
  /** Every system of record, by its value in `enum System`. */
  readonly participants: ReadonlyMap<SystemName, Participant>;
  /** What systems bear of all processes together; a system that is not named bears everything. */
  readonly limits?: readonly Limit[];
  readonly metrics: Metrics;
  /** Told that an effect was captured for the change feed. */
  readonly captured?: () => void;
  /** Told of faults that no caller hears of. */
  readonly failed: (error: unknown) => void;
}
