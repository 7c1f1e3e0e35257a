import type { RequestContext } from '../runtime/context.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import type { Cause, Effect, Guarantee, Recorded, StepKind, Values } from './write.ts';

/** What a participant is asked to look at. */
export interface Examination {
  readonly entity: string;
  readonly entityId: string;
  readonly kind: StepKind;
  /** The record that is meant by its own key, and the one that is merged into it; of a merge, or its undoing. */
  readonly record?: string;
  readonly from?: string;
  readonly changes: Values;
  /** Give it to learn whether the record is as it was before: `Before.restore` of the step, empty for none. */
  readonly restore?: unknown;
  /** Whether the owner is to check the values, where it can without an effect. */
  readonly validate: boolean;
  /** Attributes of which `Found.values` has the present values besides, whether they can be written or not. */
  readonly evidence?: readonly string[];
}

/** What a participant says of a record. Current values are in the graph's own form. */
export interface Examined {
  /** What the system's declared capabilities make of a write. */
  readonly guarantee: Guarantee;
  /** Whether a write can be made conditional on a version, and so be undone only where it is still ours. */
  readonly conditional: boolean;
  /** Whether a repeated write under the same wire key has one effect. */
  readonly keyed: boolean;
  /** Absent where the record could be read; otherwise why not: `SYSTEM_UNAVAILABLE`, `RATE_LIMITED`, `DEADLINE_EXCEEDED`. */
  readonly unreachable?: { readonly code: string; readonly message: string; readonly retryAfter?: number };
  /** Null where the system has no record of the entity, or could not be reached. */
  readonly found: Found | null;
  /** What the owner would refuse of a new record, as far as it can say without an effect; absent where none is to be made. */
  readonly refusals?: readonly Cause[];
  /** Whether the system merges records itself; absent where that was not asked. */
  readonly merges?: boolean;
}

export interface Found {
  readonly version: string;
  readonly values: Values;
  readonly restore: unknown;
  /** Attributes that have the wanted value already. */
  readonly same: readonly string[];
  /** The whole record, for the change feed; absent where the examination has no `restore`. */
  readonly record?: Recorded;
  /** Whether the fields of `Examination.restore` are as they were; false where none was given. */
  readonly restored: boolean;
  /** What the owner would refuse, as far as it can say without an effect. */
  readonly refusals: readonly Cause[];
}

/** A call that changes the record: with `changes`, or with `restore` to undo. A new record is undone by a `WITHDRAW`. */
export interface Order {
  readonly entity: string;
  readonly entityId: string;
  readonly kind: StepKind;
  readonly record?: string;
  readonly from?: string;
  readonly changes: Values;
  readonly restore?: unknown;
  /** The owner's idempotency key, where it has such keys; in its log in any case. */
  readonly wireKey: string;
  /** Refused by an owner with conditional writes when the record has another version by now; null for a new record. */
  readonly ifVersion: string | null;
}

/** How a call ended, as far as its sender knows. */
export type Outcome =
  /** It had its effect. Values after it are of the ordered attributes; an owner that tells no record has it told by its feed. */
  | {
      readonly status: 'APPLIED';
      /** Null where the record was taken away. */
      readonly version: string | null;
      readonly values: Values;
      readonly record?: Pick<Effect, 'key' | 'fingerprints'>;
    }
  /** The owner refused the values: no effect. */
  | { readonly status: 'REFUSED'; readonly causes: readonly Cause[] }
  /** The record has another version: no effect. */
  | { readonly status: 'STALE' }
  /** Not sent, or refused for the rate: no effect; come again. */
  | {
      readonly status: 'LATER';
      readonly code: string;
      readonly message: string;
      readonly retryAfter?: number;
    }
  /** Sent, and nobody knows. */
  | { readonly status: 'UNKNOWN'; readonly code: string; readonly message: string };

/** What a call carries besides its order. */
export interface ParticipantCall {
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** Milliseconds after which nobody waits for the answer. */
  readonly timeout: number;
  /** Shared by all calls for one write, so that what they look up on the way is looked up once. */
  readonly memo: RequestContext['memo'];
}

/** One owner as coordination sees it. Neither rejects: what went wrong is part of the answer. */
export interface Participant {
  readonly system: SystemName;
  /** Null where not even the participant, let alone its system, could be asked. */
  examine(examination: Examination, call: ParticipantCall): Promise<Examined | null>;
  apply(order: Order, call: ParticipantCall): Promise<Outcome>;
}
