import { randomUUID } from 'node:crypto';
import { localDeveloper, type Principal } from './principal.ts';

/** One call to a subgraph or to a system, told to whoever asked for an explanation of the answer. */
export interface Observation {
  readonly system: string;
  /** What was called, e.g. `fetch` (a plan's node) or `read` (a connector). */
  readonly kind: 'fetch' | 'read';
  /** Milliseconds since the request began. */
  readonly startedAt: number;
  /** Milliseconds it took. */
  readonly took: number;
  /** Entities or keys asked for. */
  readonly keys: number;
  /** Code of the failure, where it failed. */
  readonly failed?: string;
}

/** Who calls a subgraph: the gateway for a client, or coordination, which alone may write. */
export type Caller = 'gateway' | 'coordination';

/** What every floor may know of the request it works for. One per request; never stored. */
export interface RequestContext {
  readonly correlationId: string;
  readonly principal: Principal;
  readonly caller: Caller;
  /** The caller's place in its trace, as W3C's header of that name has it; null where it gave none. */
  readonly traceparent: string | null;
  /** The key under which the caller may repeat its request; null where it gave none. */
  readonly idempotencyKey: string | null;
  /** Why its caller is to be shown personal data whole; null where it did not ask for that, or may not. */
  readonly unmaskReason: string | null;
  /** When the request began, by `performance.now()`. */
  readonly began: number;
  /** Epoch milliseconds after which nobody waits for an answer. */
  readonly deadline: number;
  /** Aborted when the caller is gone or the deadline has passed. */
  readonly signal: AbortSignal;
  /** Present only when the caller asked for an explanation. */
  readonly observe?: (observation: Observation) => void;
  /** A value made once per request and shared by all who ask with the same key: how loaders batch. */
  readonly memo: <T>(key: object, create: () => T) => T;
}

export interface ContextOptions {
  readonly correlationId?: string;
  readonly principal?: Principal;
  /** The gateway, where it is not said. */
  readonly caller?: Caller;
  readonly traceparent?: string | null;
  readonly idempotencyKey?: string | null;
  readonly unmaskReason?: string | null;
  /** Milliseconds from now. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly observe?: (observation: Observation) => void;
}

/** A context for one request. */
export function requestContext(options: ContextOptions): RequestContext {
  return {
    correlationId: options.correlationId ?? randomUUID(),
    principal: options.principal ?? localDeveloper,
    caller: options.caller ?? 'gateway',
    traceparent: options.traceparent ?? null,
    idempotencyKey: options.idempotencyKey ?? null,
    unmaskReason: options.unmaskReason ?? null,
    began: performance.now(),
    deadline: Date.now() + options.timeout,
    signal: options.signal,
    ...(options.observe ? { observe: options.observe } : {}),
    memo: newMemo(),
  };
}

/** A memory of its own, for all who are given it. */
export function newMemo(): RequestContext['memo'] {
  // Not made before it is needed: a subscriber's context is there for long, and remembers nothing.
  let memos: Map<object, unknown> | undefined;
  return <T>(key: object, create: () => T): T => {
    memos ??= new Map<object, unknown>();
    if (memos.has(key)) return memos.get(key) as T;
    const made = create();
    memos.set(key, made);
    return made;
  };
}
