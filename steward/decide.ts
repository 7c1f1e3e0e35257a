import { holds, notPermitted, type Principal } from '../runtime/principal.ts';
import { offersOf, type Decision, type ItemEvent, type StoredItem, type Verdict } from './item.ts';
import type { Refusal } from './refusal.ts';

/** Who does something, and when: ISO 8601 in UTC. */
export interface Actor {
  readonly principal: Principal;
  readonly at: string;
}

/** What an item becomes. */
export interface Moved extends Pick<StoredItem, 'state' | 'assignee' | 'decision'> {
  readonly event: ItemEvent;
}

/** What is asked to be decided. */
export interface Asked {
  readonly decision: Decision;
  readonly customer: string | null;
  readonly reason: string;
}

/** What became of a decision when it was carried out. */
export type Outcome =
  | { readonly status: 'DONE' }
  /** It cannot be done; why, in a word and in a sentence without values. */
  | { readonly status: 'REFUSED'; readonly code: string; readonly message: string };

const steward = ['customer:steward'];

/** The item in another's hands, or in nobody's. Pure, as everything here. */
export function assigned(
  item: StoredItem,
  { assignee, takeOver }: { readonly assignee: string | null; readonly takeOver: boolean },
  { principal, at }: Actor,
): Moved | Refusal {
  if (!holds(principal, steward)) return notPermitted(steward);
  if (item.state === 'CLOSED') return closedAlready;
  if (item.state === 'DECIDED') return decidedAlready;
  if (isAnothers(item, principal) && item.assignee !== assignee && !takeOver) return anothers;
  const event: ItemEvent = { at, by: principal.subject, event: 'ASSIGNED', assignee };
  return { state: item.state, assignee, decision: item.decision, event };
}

/** The item decided, or with a proposal where its decision takes a second person. */
export function decided(
  item: StoredItem,
  { decision, customer, reason }: Asked,
  actor: Actor,
): Moved | Refusal {
  const { principal, at } = actor;
  const by = principal.subject;
  if (!holds(principal, steward)) return notPermitted(steward);
  if (item.state === 'CLOSED') return closedAlready;
  if (item.state !== 'OPEN') return decidedAlready;
  if (isAnothers(item, principal)) return anothers;
  const offer = new Map(offersOf(item)).get(decision);
  if (!offer) return notOffered;
  if (offer.customer && customer === null) return nobodyNamed;
  const isOneOf = offer.oneOf && customer !== null && item.entityIds.includes(customer);
  if (!offer.customer && !isOneOf && customer !== null) return nobodyMeant;
  const { approve = [] } = offer;
  const verdict: Verdict = { decision, customer, reason, by, at, approve, approvedBy: null };
  const state = approve.length === 0 ? 'DECIDED' : 'PROPOSED';
  return { state, assignee: by, decision: verdict, event: { at, by, event: state, decision, reason } };
}

/** The proposal agreed to by a second person. */
export function approved(item: StoredItem, { principal, at }: Actor): Moved | Refusal {
  const { decision: proposed, assignee } = item;
  const by = principal.subject;
  if (item.state !== 'PROPOSED' || !proposed) return notProposed;
  if (proposed.by === by) return samePerson;
  if (!holds(principal, proposed.approve)) return notPermitted(proposed.approve);
  const { decision } = proposed;
  return {
    ...{ state: 'DECIDED', assignee, decision: { ...proposed, approvedBy: by } },
    event: { at, by, event: 'APPROVED', decision },
  };
}

/** The item without its proposal. */
export function declined(item: StoredItem, reason: string | null, { principal, at }: Actor): Moved | Refusal {
  const { decision: proposed, assignee } = item;
  if (!holds(principal, steward)) return notPermitted(steward);
  if (item.state !== 'PROPOSED' || !proposed) return notProposed;
  const { decision } = proposed;
  const event: ItemEvent = { at, by: principal.subject, event: 'DECLINED', decision, reason };
  return { state: 'OPEN', assignee, decision: null, event };
}

/** The item after its decision was carried out, or could not be: then it is open again. */
export function carriedOut(item: StoredItem, outcome: Outcome, at: string): Moved {
  const { decision: verdict, assignee } = item;
  const decision = verdict ? { decision: verdict.decision } : {};
  if (outcome.status === 'DONE')
    return {
      ...{ state: 'CLOSED', assignee, decision: verdict },
      event: { at, by: null, event: 'CLOSED', code: 'DONE', ...decision },
    };
  const { code, message: reason } = outcome;
  return {
    ...{ state: 'OPEN', assignee, decision: null },
    event: { at, by: null, event: 'REFUSED', code, reason, ...decision },
  };
}

function isAnothers({ assignee }: StoredItem, { subject }: Principal): boolean {
  return assignee !== null && assignee !== subject;
}

const closedAlready: Refusal = {
  code: 'ALREADY_CLOSED',
  message: 'What it was about is over; nothing is left to decide.',
};
const decidedAlready: Refusal = {
  code: 'ALREADY_DECIDED',
  message: 'Somebody has decided already, or proposed a decision; look at the work item again.',
};
const anothers: Refusal = {
  code: 'ASSIGNED_TO_ANOTHER',
  message: 'Somebody else has this work item; take it over with assignWorkItem first.',
};
const notOffered: Refusal = {
  code: 'NOT_OFFERED',
  message: 'This work item does not offer this decision; its offers say which it does.',
};
const nobodyNamed: Refusal = {
  code: 'CUSTOMER_REQUIRED',
  message: 'This decision names a customer; give its id as customerId.',
};
const nobodyMeant: Refusal = {
  code: 'CUSTOMER_REQUIRED',
  message: 'This decision names no customer, or one that the item is about; leave customerId out.',
};
const notProposed: Refusal = {
  code: 'NOT_PROPOSED',
  message: 'No decision about this work item waits for a second person.',
};
const samePerson: Refusal = {
  code: 'SAME_PERSON',
  message: 'Somebody other than who proposed the decision has to agree to it.',
};
