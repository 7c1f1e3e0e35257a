/**
 * The port to a system of record. A connector speaks the system's own dialect and declares what the system can
 * really do; nothing above it assumes more. Errors are `Failure`s of the closed union.
 */
import type { FailureCode } from '../runtime/failure.ts';

/** What a system can really do for one kind of record. Declared, never guessed from a header. */
export interface Capabilities {
  /** `atomic`: of parallel writers with one version exactly one wins. `advisory`: checked, but not in one step. */
  readonly conditionalWrite: 'atomic' | 'advisory' | 'none';
  /** How a repeated create is recognised. */
  readonly idempotency:
    | { readonly by: 'key'; readonly retentionHours: number }
    | { readonly by: 'externalId' }
    | { readonly by: 'none' };
  /** How a record is taken away: it is no more, or it stays where it is and nobody works with it. */
  readonly withdrawal: 'delete' | 'block';
  /** Whether it merges two records itself, and takes them apart again. */
  readonly merge: boolean;
  /** Whether a write can be read back at once. */
  readonly readBack: boolean;
  /** The feed of changes; `windowDays` null where it reaches back to the beginning. */
  readonly feed: { readonly deletesVisible: boolean; readonly windowDays: number | null };
  /** Records that one call may ask for. */
  readonly batchSize: number;
  /** Calls that the system takes at the same time. */
  readonly concurrency: number;
}

/** What a call carries besides its arguments. */
export interface Call {
  readonly correlationId: string;
  /** The place in the caller's trace, as W3C's header of that name has it. */
  readonly traceparent?: string;
  /** Aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
}

/** A record as its system gave it: only the fields that were asked for. */
export interface Versioned<R> {
  readonly key: string;
  /** Opaque; changes whenever the record does. */
  readonly version: string;
  /** ISO 8601 in UTC, by the system's own clock. */
  readonly updatedAt: string;
  readonly record: R;
}

/** Values that rows must have, in the system's own words; of a list in a row, the ones that must be in it. */
export type Where = Readonly<Record<string, string | readonly string[]>>;

/** A page of the rows that belong to each of several records. */
export interface ListRequest {
  readonly parents: readonly string[];
  readonly first: number;
  /** Position of the last row of the page before, as the system gave it. */
  readonly after: string | null;
  readonly where: Where;
}

export interface ListPage<Row> {
  readonly rows: readonly { readonly position: string; readonly row: Row }[];
  readonly total: number;
  readonly hasNext: boolean;
}

/** A record of which a feed says that it has changed, or rows below it. */
export interface Moved<R> extends Versioned<R> {
  /** Kinds of rows below it that have changed. */
  readonly moved?: readonly string[];
}

/** One page of a feed: the same record may come again on the next page, a reader compares. */
export interface FeedPage<R> {
  readonly changed: readonly (Moved<R> | { readonly key: string; readonly deleted: true })[];
  /** Opaque; give it back to go on. */
  readonly next: string;
  readonly more: boolean;
}

/** How a write is made safe to repeat, as far as the system can. */
export interface WriteOptions {
  /** Sent as the system's idempotency key, where it has one. */
  readonly wireKey?: string;
  /** Refused by a system with conditional writes when the record has another version by now. */
  readonly ifVersion?: string;
}

/** What a system would not accept, and the record's own field, or a path into it, where it names one. */
export interface Refusal {
  readonly code: FailureCode;
  readonly message: string;
  readonly field?: string;
}

/** `R` is the system's own record, `Rows` its kinds of rows below a record. */
export interface Connector<R extends object, Rows extends object> {
  readonly capabilities: Capabilities;
  /** The records of these keys, by key; a key without a record is left out. */
  read(
    keys: readonly string[],
    fields: readonly (keyof R & string)[],
    call: Call,
  ): Promise<ReadonlyMap<string, Versioned<Partial<R>>>>;
  /** One page per parent, by parent; in one call to the system. */
  list<K extends keyof Rows & string>(
    kind: K,
    request: ListRequest,
    call: Call,
  ): Promise<ReadonlyMap<string, ListPage<Rows[K]>>>;
  /** The record that was made for the graph's customer of this id, or null. */
  find(customerId: string, call: Call): Promise<Versioned<R> | null>;
  create(record: Partial<R>, options: WriteOptions, call: Call): Promise<Versioned<R>>;
  update(key: string, changes: Partial<R>, options: WriteOptions, call: Call): Promise<Versioned<R>>;
  /** All that the system would refuse of an update, without an effect. Absent where the system cannot say. */
  validate?(key: string, changes: Partial<R>, call: Call): Promise<readonly Refusal[]>;
  /** The same of a new record: all that is missing, and all that is wrong. */
  validateNew?(record: Partial<R>, call: Call): Promise<readonly Refusal[]>;
  /**
   * Takes a record away, which from then on is neither read nor found, and told as deleted by the feed; its external id
   * is free. One that is not there is `NOT_FOUND`.
   */
  withdraw(key: string, options: WriteOptions, call: Call): Promise<void>;
  /**
   * Leaves nothing of a record, of the rows below it and of what was written down of both, but what the law has the system
   * keep. From then on the record is as one that was withdrawn; one that was, is erased all the same, and one that is
   * erased already stays as it is. One that never was is `NOT_FOUND`.
   */
  erase(key: string, options: Pick<WriteOptions, 'wireKey'>, call: Call): Promise<void>;
  /**
   * Lets one record live on as another, which gets everything below it; the other one as it is then. Only of a system that
   * merges. `ifVersion` is that of the record that stays.
   */
  merge?(into: string, from: string, options: WriteOptions, call: Call): Promise<Versioned<R>>;
  /** Makes a merged record its own again, with what is left of what was below it; gives it. One that is not merged is `NOT_FOUND`. */
  unmerge?(from: string, options: WriteOptions, call: Call): Promise<Versioned<R>>;
  /** Records changed since a position; null begins with the oldest that the system still tells. */
  changes(since: string | null, call: Call): Promise<FeedPage<R>>;
  /** The position from which the feed tells what changes from now on, and perhaps a little of what was before. */
  now(call: Call): Promise<string>;
}
