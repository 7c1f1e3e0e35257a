import type { RequestContext } from '../../runtime/context.ts';
import type {
  CustomerWorkflowFilter,
  EraseCustomerInput,
  MergeCustomersInput,
  OnboardCustomerInput,
  WorkflowAnswerInput,
} from '../../schema/generated/coordination.ts';
import { storedId } from '../asked.ts';
import type { Complete } from '../complete.ts';
import type { Refusal } from '../refusal.ts';
import type { Values } from '../write.ts';
import type { Answer } from './workflow.ts';
import type { Erase, MergeAsked, Onboard, WorkflowFilter } from './workflows.ts';

type Header = Pick<RequestContext, 'idempotencyKey'>;

/** The onboarding that an input asks for. */
export function onboardOf(input: OnboardCustomerInput, key: string | null, complete: Complete): Onboard {
  return {
    entity: 'Customer',
    entityId: input.customerId ?? null,
    values: valuesOf(input, complete),
    key,
    reason: input.reason ?? null,
  };
}

/** The erasure that an input asks for. */
export function eraseOf({ customerId, confirm, reason }: EraseCustomerInput, key: string | null): Erase {
  return { entity: 'Customer', entityId: customerId, confirm, key, reason };
}

/** The customers that an input names, and whose values it chooses. */
export function mergeOf({
  survivorId,
  otherId,
  attributes,
}: Pick<MergeCustomersInput, 'survivorId' | 'otherId' | 'attributes'>): MergeAsked {
  const chosen = Object.fromEntries((attributes ?? []).map(({ attribute, keep }) => [attribute, keep]));
  return { survivorId, otherId, chosen };
}

/** The answer that an input gives. */
export function answerOf(input: WorkflowAnswerInput, complete: Complete): Answer {
  return {
    values: valuesOf(input, complete),
    different: (input.different ?? []).map((id) => storedId(id) ?? id),
    sameAs: input.sameAs == null ? null : (storedId(input.sameAs) ?? input.sameAs),
    approve: input.approve ?? null,
    reason: input.reason ?? null,
  };
}

/** The key of the header or the input, null where neither has one; or why the two do not fit. */
export function keyOf(
  { idempotencyKey: field }: { readonly idempotencyKey?: string | null },
  { idempotencyKey: header }: Header,
): string | null | Refusal {
  if (field != null && header !== null && field !== header) return differs;
  const key = field ?? header;
  return key === null || (key.length >= 1 && key.length <= 255) ? key : noKey;
}

/** What is asked of workflows; an id that cannot be one is of none. */
export function workflowFilterOf(filter: CustomerWorkflowFilter | null | undefined): WorkflowFilter {
  const { customerIds, states, stages } = filter ?? {};
  return {
    ...(customerIds ? { entityIds: customerIds.flatMap((id) => storedId(id) ?? []) } : {}),
    ...(states ? { states } : {}),
    ...(stages ? { stages } : {}),
  };
}

function valuesOf(
  {
    attributes,
    country,
    billingCurrency,
  }: Pick<OnboardCustomerInput, 'attributes' | 'country' | 'billingCurrency'>,
  complete: Complete,
): Values {
  return {
    ...(attributes ? (complete(attributes) as Values) : {}),
    ...(country == null ? {} : { country }),
    ...(billingCurrency == null ? {} : { billingCurrency }),
  };
}

const differs: Refusal = {
  code: 'IDEMPOTENCY_KEY_DIFFERS',
  message:
    'The header Idempotency-Key and the field idempotencyKey differ; send one of them, or the same in both.',
};
const noKey: Refusal = {
  code: 'IDEMPOTENCY_KEY_REQUIRED',
  message: 'An idempotency key has 1 to 255 characters.',
};
