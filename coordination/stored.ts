import { acceptedIn } from './audited.ts';
import type { Review } from './review.ts';
import type { Lane, Mode, Step, Write, WriteState } from './write.ts';

/** What is stored of a write besides its steps: what was asked for, by whom and why. */
export interface Request {
  readonly entity: string;
  readonly entityId: string;
  readonly mode: Mode;
  readonly correlationId: string;
  readonly traceparent: string | null;
  readonly requestedBy: string;
  /** The program through which it was asked for, where somebody said. */
  readonly client?: string | undefined;
  /** The mutation by which it was asked for; absent where there is none. */
  readonly operation?: string | undefined;
  readonly reason: string | null;
  readonly planHash: string;
  /** The contract under which it was accepted. */
  readonly policy: string;
  /** Scopes of which a second person needs all; empty where nobody has to approve. */
  readonly approve: readonly string[];
  readonly approval: {
    readonly by: string;
    readonly at: string;
    readonly granted: boolean;
    readonly reason: string | null;
  } | null;
  /** What a steward decided when it waited for a person last; absent where it never did. */
  readonly review?: Review;
}

/** A write as it is stored. */
export interface Stored extends Write, Request {
  readonly queue: string;
  /** Place in the queue; null while it waits for an approval. */
  readonly number: string | null;
  /** The write whose value this one copies. */
  readonly parent: string | null;
  /** ISO 8601 in UTC. */
  readonly acceptedAt: string;
  readonly settledAt: string | null;
}

/** A write to be accepted, without what the store gives it. */
export interface Draft extends Request {
  readonly id: string;
  readonly lane: Lane;
  readonly state: Extract<WriteState, 'AWAITING_APPROVAL' | 'PENDING' | 'SUCCEEDED'>;
  readonly steps: readonly Step[];
  /** Whoever asks, and his key; a copy has none. */
  readonly subject: string | null;
  readonly key: string;
  readonly hash: string;
  readonly queue: string;
  readonly parent: string | null;
}

/** What is stored of a draft besides its steps. */
export function requestOf(draft: Draft): Request {
  const { entity, entityId, mode, correlationId, traceparent, requestedBy, client, operation } = draft;
  const { reason, planHash, policy, approve, approval } = draft;
  return {
    ...{ entity, entityId, mode, correlationId, traceparent, requestedBy },
    // Told as it is read: what is absent there is absent here.
    ...(client === undefined ? {} : { client }),
    ...(operation === undefined ? {} : { operation }),
    ...{ reason, planHash, policy, approve, approval },
  };
}

/** A draft as the store's functions take it. */
export function rowOf(draft: Draft): object {
  const { id, queue, state, lane, subject, key, hash, parent } = draft;
  const told = { request: requestOf(draft), audited: acceptedIn(draft) };
  return { id, queue, state, lane, subject, key, hash, parent, ...told };
}

/** The same with its steps. */
export function copyOf(draft: Draft): object {
  return { draft: rowOf(draft), steps: draft.steps };
}
