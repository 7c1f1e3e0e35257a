import type { Claims, Principal } from '../../runtime/principal.ts';
import { canonical } from '../../runtime/canonical.ts';
import type { AskedFilter } from '../asked.ts';

export type EndpointState = 'ACTIVE' | 'PAUSED' | 'DISABLED';
export type DisabledReason = 'GONE' | 'FAILING' | 'CURSOR_EXPIRED' | 'FILTER_OUTDATED';

/** What went wrong in an attempt. */
export type Problem = 'REFUSED' | 'REDIRECTED' | 'TIMED_OUT' | 'UNREACHABLE' | 'ADDRESS_NOT_ALLOWED';

/** On whose behalf an endpoint is told of changes, as they were when they registered or changed it. */
export interface Viewer {
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly claims: Claims;
}

/** Somebody elsewhere who is told of changes. Times are ISO 8601 in UTC; positions are those of the log. */
export interface Endpoint {
  /** A UUID; their order is that of registration. */
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** As it was asked for, by the names of its conditions in the contract. */
  readonly filter: AskedFilter;
  readonly registeredBy: string;
  readonly registeredAt: string;
  /** What it is told of is what these may read. */
  readonly scopes: readonly string[];
  /** It is told of entities that all of these see. */
  readonly viewers: readonly Viewer[];
  readonly state: EndpointState;
  readonly reason: DisabledReason | null;
  /** All changes up to here were delivered, or are none of its own. */
  readonly position: string;
  /** Attempts in a row that failed. */
  readonly failures: number;
  readonly failingSince: string | null;
  /** When it may be sent to next; null where it is being sent to, or is not failing. */
  readonly nextAttemptAt: string | null;
  readonly formerSecretUntil: string | null;
}

/** One attempt to deliver something. */
export interface Delivery {
  readonly messageId: string;
  /** Null for a test. */
  readonly position: string | null;
  readonly at: string;
  /** Milliseconds. */
  readonly took: number;
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null;
  /** Null where it was delivered. */
  readonly problem: Problem | null;
}

/** Whoever an endpoint stands for: it is told of nothing that its registrar could not read. */
export function principalOf({ registeredBy, scopes }: Pick<Endpoint, 'registeredBy' | 'scopes'>): Principal {
  return { subject: registeredBy, scopes: new Set(scopes) };
}

/** Somebody on whose behalf an endpoint is told from now on. */
export function viewerOf({ subject, scopes, claims = {} }: Principal): Viewer {
  return { subject, scopes: [...scopes].sort(), claims };
}

/** Those on whose behalf it was told before, and one more where he is another one. Pure. */
export function withViewer(viewers: readonly Viewer[], viewer: Viewer): readonly Viewer[] {
  return viewers.some((one) => canonical(one) === canonical(viewer)) ? viewers : [...viewers, viewer];
}

/** A viewer as somebody who asks. */
export function principalBehind({ subject, scopes, claims }: Viewer): Principal {
  return { subject, scopes: new Set(scopes), claims };
}

/** The scopes that both have; `*` stands for every scope. Pure. */
export function sharedScopes(one: Iterable<string>, other: Iterable<string>): readonly string[] {
  const [left, right] = [new Set(one), new Set(other)];
  if (left.has('*')) return [...right];
  if (right.has('*')) return [...left];
  return [...left].filter((scope) => right.has(scope));
}
