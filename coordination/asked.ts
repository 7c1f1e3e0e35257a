import { validate } from 'uuid';
import type { RequestContext } from '../runtime/context.ts';
import { Failure } from '../runtime/failure.ts';
import type {
  ChangeCustomerStatusInput,
  CustomerWriteFilter,
  DeadLetterFilter as AskedDeadLetters,
  UpdateCustomerInput,
} from '../schema/generated/coordination.ts';
import type { Complete } from './complete.ts';
import type { Change, DeadLetterFilter, StatusChange, Update, WriteFilter } from './coordination.ts';
import type { Refusal } from './refusal.ts';
import type { Values } from './write.ts';

/** Dead letters that are started anew at once, at most. */
const redriveLimit = 10_000;

/** The change in an input; `complete` makes equal changes look the same. */
export function changeOf(input: UpdateCustomerInput, complete: Complete): Change {
  return {
    entity: 'Customer',
    entityId: input.customerId,
    changes: complete(input.changes) as Values,
    mode: input.mode ?? 'ALL',
    expect: input.expect ?? [],
  };
}

/** The update that an input and the headers of its request ask for together, or why the two do not fit. */
export function updateOf(
  input: UpdateCustomerInput,
  { idempotencyKey: header }: Pick<RequestContext, 'idempotencyKey'>,
  complete: Complete,
): Update | Refusal {
  const field = input.idempotencyKey ?? null;
  if (field !== null && header !== null && field !== header) return differs;
  return {
    ...changeOf(input, complete),
    idempotencyKey: field ?? header,
    reason: input.reason ?? null,
    planHash: input.planHash ?? null,
    wait: input.wait ?? 'CONFIRMED',
    deadline: input.deadline ?? null,
    lane: input.lane ?? 'INTERACTIVE',
  };
}

/** The change of status that an input and the headers of its request ask for together, or why the two do not fit. */
export function statusChangeOf(
  input: ChangeCustomerStatusInput,
  { idempotencyKey: header }: Pick<RequestContext, 'idempotencyKey'>,
): StatusChange | Refusal {
  const field = input.idempotencyKey ?? null;
  if (field !== null && header !== null && field !== header) return differs;
  return {
    ...{ entity: 'Customer', entityId: input.customerId, to: input.to, reason: input.reason },
    ...{ idempotencyKey: field ?? header, wait: input.wait ?? 'CONFIRMED', deadline: input.deadline ?? null },
  };
}

const differs: Refusal = {
  code: 'IDEMPOTENCY_KEY_DIFFERS',
  message:
    'The header Idempotency-Key and the field idempotencyKey differ; send one of them, or the same in both.',
};

/** The id of a write or an entity in the form in which it is stored; null for what cannot be one. */
export function storedId(text: string): string | null {
  return validate(text) ? text.toLowerCase() : null;
}

/** What is asked of writes; an id that cannot be one is of none. */
export function writeFilterOf(filter: CustomerWriteFilter | null | undefined): WriteFilter {
  const { customerIds, states, systems, lanes, requestedBy, acceptedFrom, acceptedBefore } = filter ?? {};
  return given({
    entityIds: customerIds && storedIds(customerIds),
    ...{ states, systems, lanes, requestedBy, acceptedFrom, acceptedBefore },
  });
}

/**
 * What is asked of dead letters; an id that cannot be one is of none.
 * @throws Failure BAD_USER_INPUT for a limit that is none
 */
export function deadLetterFilterOf(filter: AskedDeadLetters | null | undefined): DeadLetterFilter {
  const { writeIds, customerIds, systems, codes, acceptedBefore } = filter ?? {};
  const limit = filter?.limit ?? 1000;
  if (limit < 1 || limit > redriveLimit) {
    throw new Failure('BAD_USER_INPUT', `"limit" is ${limit}; give 1 to ${redriveLimit}.`);
  }
  const conditions = given({
    writeIds: writeIds && storedIds(writeIds),
    entityIds: customerIds && storedIds(customerIds),
    ...{ systems, codes, acceptedBefore },
  });
  return { ...conditions, limit };
}

function storedIds(ids: readonly string[]): readonly string[] {
  return ids.map(storedId).filter((id) => id !== null);
}

type Given<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

/** Without the conditions that are null, which are as good as absent. */
function given<T extends object>(conditions: T): Given<T> {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value != null)) as Given<T>;
}
