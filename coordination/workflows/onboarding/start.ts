import { v7 as uuid } from 'uuid';
import type { Identity } from '../../../identity/index.ts';
import { digest } from '../../../runtime/canonical.ts';
import type { RequestContext } from '../../../runtime/context.ts';
import type { EntityName } from '../../../schema/generated/contracts.ts';
import { heldOf, merging } from '../../barrier.ts';
import type { Refusal } from '../../refusal.ts';
import type { Values } from '../../write.ts';
import { begin, refused, type BeginOptions } from '../begin.ts';
import { checkedFor } from '../given.ts';
import { keyRequired, unknownCustomer } from '../refusals.ts';
import type { Draft } from '../store.ts';
import type { Workflow } from '../workflow.ts';
import type { Onboard, Started } from '../workflows.ts';
import { begunWith, onboarding } from './index.ts';

export interface StartOptions extends BeginOptions {
  readonly identity: Pick<Identity, 'loadersOf'>;
}

/** From a request to a workflow that is durably started, or to all of its refusals at once. */
export function startIn({ db, identity, store, reads, look }: StartOptions) {
  return async (asked: Onboard, context: RequestContext): Promise<Started> => {
    const { values, refusals } = checkedFor(asked.entity, asked.values, context);
    const given = asked.entityId;
    const entityId =
      given === null ? uuid() : ((await identity.loadersOf(context).registration(given))?.id ?? null);
    const isHeld = entityId !== null && given !== null && (await heldOf(db, [entityId])).length > 0;
    const all = [
      ...(isHeld ? [merging] : []),
      ...(asked.key === null ? [keyRequired] : []),
      ...(entityId === null ? [unknownCustomer(given ?? '')] : []),
      ...(given === null && typeof asked.values.name !== 'string' ? [nameRequired] : []),
      ...refusals,
    ];
    if (all.length > 0 || entityId === null || asked.key === null) return refused(...all);
    const { subject } = context.principal;
    const { key, reason, entity } = asked;
    const { correlationId, traceparent } = context;
    const draft = draftOf({
      ...{ entity, entityId, reason, correlationId, traceparent, subject, key, values },
      requestedBy: subject,
      hash: digest({ given, values, reason }),
    });
    const told = { operation: 'onboardCustomer', attributes: Object.keys(values), open: alreadyOpen };
    return begin({ db, store, reads, look }, draft, told, context);
  };
}

/** What is known of an onboarding before it begins. */
export interface Beginning extends Pick<
  Workflow,
  'entityId' | 'requestedBy' | 'reason' | 'correlationId' | 'traceparent'
> {
  readonly entity: EntityName;
  readonly values: Values;
  readonly subject: string;
  readonly key: string;
  readonly hash: string;
}

/** An onboarding, as it is stored first. Pure, but for its id. */
export function draftOf({ values, ...beginning }: Beginning): Draft {
  return {
    ...beginning,
    id: uuid(),
    kind: onboarding.kind,
    stage: 'READING',
    memory: begunWith(values),
  };
}

const alreadyOpen = (id: string): Refusal => ({
  code: 'ALREADY_ONBOARDING',
  message: `The customer is being onboarded already, by the workflow ${id}.`,
});
const nameRequired: Refusal = {
  code: 'INVALID_VALUE',
  attribute: 'name',
  message: 'Give the id of a customer, or at least the name of a new one.',
};
