import type { RequestContext } from '../runtime/context.ts';

/**
 * What was done. `READ_PERSONAL`: personal data was shown whole to who may always see it; `UNMASK`: to who gave a reason.
 * `WRITE_ACCEPTED`: a governed write is durably accepted; `WRITE_SETTLED`: it has taken effect, or has come to its end.
 * `DECISION`: a person decided about something. `PUBLISH`: a document was published, or taken back. `CONSOLE`: something was done in the
 * console that is none of the others.
 */
export const actions = [
  'READ_PERSONAL',
  'UNMASK',
  'WRITE_ACCEPTED',
  'WRITE_SETTLED',
  'DECISION',
  'PUBLISH',
  'CONSOLE',
] as const;
export type Action = (typeof actions)[number];

/** What an entry tells of beside the entity, to be looked up elsewhere. */
export interface Receipt {
  readonly kind: 'WRITE' | 'WORKFLOW' | 'WORK_ITEM' | 'WEBHOOK' | 'DOCUMENT';
  readonly id: string;
}

/** A request by its two names. */
export interface RequestName {
  readonly correlationId: string;
  /** Of W3C's trace context, 32 hexadecimal digits; null where the caller gave none. */
  readonly traceId: string | null;
}

/** Hashes by attribute, keyed with a secret of the store: equal for equal values, and no way back to one. */
export type Hashes = Readonly<Record<string, string>>;

/** Something that was done, by whom, to what and why. Never a value of an attribute. */
export interface AuditEntry {
  readonly action: Action;
  /** The subject of whoever did it. */
  readonly actor: string;
  /** The program through which it was done; null where nobody said. */
  readonly client: string | null;
  /** The name of the operation for reads, that of the mutation's field otherwise; null where it has none. */
  readonly operation: string | null;
  /** The entity's name in the contract; null where none is meant, or several are. */
  readonly entity: string | null;
  readonly entityId: string | null;
  /** `Contact.email` for reads, names of the entity's attributes otherwise; in alphabetical order. */
  readonly attributes: readonly string[];
  /** Of what was changed, before and after. */
  readonly before: Hashes;
  readonly after: Hashes;
  readonly receipt: Receipt | null;
  /** What it came to, in a word of the contract, such as `SUCCEEDED` or `APPROVE`; null where there is none. */
  readonly outcome: string | null;
  /** What the actor gave as the reason. */
  readonly reason: string | null;
  /** One; more only for the same read of the same caller within one moment, none for a command. */
  readonly requests: readonly RequestName[];
}

/** What one entry says besides who did it in which request. */
export type Told = Pick<AuditEntry, 'action'> &
  Partial<Omit<AuditEntry, 'action' | 'actor' | 'client' | 'requests'>>;

/** An entry about what the caller of this request does. Pure. */
export function entryOf(
  {
    principal,
    correlationId,
    traceparent,
  }: Pick<RequestContext, 'principal' | 'correlationId' | 'traceparent'>,
  told: Told,
): AuditEntry {
  return {
    actor: principal.subject,
    client: principal.client ?? null,
    ...rest(told),
    requests: [{ correlationId, traceId: traceIdOf(traceparent) }],
  };
}

/** An entry about what somebody does by a command, such as `npm run operations`. Pure. */
export function commandEntry(actor: string, command: string, told: Told): AuditEntry {
  return { actor, client: command, ...rest(told), requests: [] };
}

function rest(told: Told) {
  return {
    ...{ operation: null, entity: null, entityId: null, before: {}, after: {} },
    ...{ receipt: null, outcome: null, reason: null },
    ...told,
    attributes: [...(told.attributes ?? [])].sort(),
  };
}

/** The trace in W3C's `traceparent`; null where that is none. Pure. */
export function traceIdOf(traceparent: string | null): string | null {
  return /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null;
}
