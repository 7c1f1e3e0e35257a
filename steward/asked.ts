import { validate } from 'uuid';
import type { RequestContext } from '../runtime/context.ts';
import { decodeCursor, encodeCursor, pageSize } from '../runtime/cursor.ts';
import { Failure } from '../runtime/failure.ts';
import type { DecideWorkItemInput, WorkItemFilter } from '../schema/generated/steward.ts';
import type { Asked } from './decide.ts';
import type { ItemFilter, Place } from './items.ts';
import { invalid, type Refusal } from './refusal.ts';

/** Characters at most. */
const [longestReason, longestKey, longestSubject] = [500, 255, 255];

/** An id in the form in which it is stored; null for what cannot be one. */
export function storedId(text: string): string | null {
  return validate(text) ? text.toLowerCase() : null;
}

/** The decision in an input, and the key that it or its request's header gives; or what is wrong with them. */
export function decisionOf(
  { decision, customerId, reason, idempotencyKey }: DecideWorkItemInput,
  { idempotencyKey: header }: Pick<RequestContext, 'idempotencyKey'>,
): { readonly asked: Asked; readonly key: string } | Refusal {
  const key = idempotencyKey ?? header;
  if (idempotencyKey != null && header !== null && idempotencyKey !== header)
    return invalid('The header Idempotency-Key and the field idempotencyKey differ; send one of them.');
  if (key === null || key === '' || key.length > longestKey)
    return invalid(`Give an idempotencyKey of 1 to ${longestKey} characters.`);
  const why = reasonOf(reason);
  if (why === null) return invalid(`Give a reason of 1 to ${longestReason} characters.`);
  const customer = customerId == null ? null : storedId(customerId);
  if (customerId != null && customer === null) return invalid('customerId is no id of a customer.');
  return { asked: { decision, customer, reason: why }, key };
}

/** A reason without the space around it; null for none, and for one that is too long or that no store can hold. */
export function reasonOf(text: string): string | null {
  const reason = text.trim();
  return reason === '' || reason.length > longestReason || !reason.isWellFormed() || reason.includes('\0')
    ? null
    : reason;
}

/** Whether it can be the subject of somebody. */
export function isSubject(text: string): boolean {
  return text !== '' && text.length <= longestSubject && text.isWellFormed() && !text.includes('\0');
}

/** What is asked of items; an id that cannot be one is of none. */
export function filterOf(filter: WorkItemFilter | null | undefined): ItemFilter {
  const { kinds, states, customerIds, assignee, unassigned, dueBefore } = filter ?? {};
  return {
    ...(kinds ? { kinds } : {}),
    ...(states ? { states } : {}),
    ...(customerIds ? { entityIds: customerIds.map(storedId).filter((id) => id !== null) } : {}),
    ...(assignee == null ? {} : { assignee }),
    ...(unassigned == null ? {} : { unassigned }),
    ...(dueBefore == null ? {} : { dueBefore }),
  };
}

const list = 'work items 1';

export function cursorOf({ dueAt, id }: Place): string {
  return encodeCursor(list, `${dueAt} ${id}`);
}

/**
 * The page that is asked for.
 * @throws Failure PAGE_SIZE_EXCEEDED, BAD_USER_INPUT or INVALID_CURSOR
 */
export function pageOf({
  first,
  after,
}: {
  readonly first?: number | null;
  readonly after?: string | null;
}): {
  readonly most: number;
  readonly after: Place | null;
} {
  const most = pageSize(first);
  if (after == null) return { most, after: null };
  const [dueAt = '', id = ''] = decodeCursor(list, after).split(' ');
  if (!validate(id) || Number.isNaN(Date.parse(dueAt)))
    throw new Failure('INVALID_CURSOR', 'This cursor was changed; use an endCursor as it was given.');
  return { most, after: { dueAt, id } };
}
