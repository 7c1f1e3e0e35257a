import { v7 as uuid } from 'uuid';
import { record } from '../../../audit/index.ts';
import type { Identity } from '../../../identity/index.ts';
import { digest } from '../../../runtime/canonical.ts';
import type { RequestContext } from '../../../runtime/context.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { EntityName } from '../../../schema/generated/contracts.ts';
import { heldOf, merging } from '../../barrier.ts';
import type { Refusal } from '../../refusal.ts';
import type { Values } from '../../write.ts';
import { decisionOn } from '../audited.ts';
import { checkedFor } from '../given.ts';
import type { Reads } from '../reads.ts';
import { keyRequired, keyReused, unknownCustomer } from '../refusals.ts';
import type { Draft, Store } from '../store.ts';
import type { Entry, Workflow } from '../workflow.ts';
import type { Onboard, Started } from '../workflows.ts';
import { begunWith, onboarding } from './index.ts';

export interface StartOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'loadersOf'>;
  readonly store: Pick<Store, 'start'>;
  readonly reads: Pick<Reads, 'view'>;
  /** Begins with what is due at once. */
  readonly look: () => void;
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
    const told = { operation: 'onboardCustomer', outcome: 'START', reason, attributes: Object.keys(values) };
    const { id, outcome } = await db.transaction(async (tx) => {
      const started = await store.start(draft, [begun(draft)], tx);
      if (started.outcome === 'STARTED') await record(tx, [decisionOn(draft, told, context)]);
      return started;
    });
    if (outcome === 'REUSED') return refused(keyReused);
    if (outcome === 'OPEN') return refused(alreadyOpen(id));
    look();
    return { workflow: await reads.view(id), refusals: [], replayed: outcome === 'REPLAYED' };
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

export function begun({ requestedBy }: Pick<Draft, 'requestedBy'>): Entry {
  return { event: 'STARTED', stage: 'READING', by: requestedBy, message: `Asked for by ${requestedBy}.` };
}

function refused(...refusals: readonly Refusal[]): Started {
  return { workflow: null, refusals, replayed: false };
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
