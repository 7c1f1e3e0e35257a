import { v7 as uuid } from 'uuid';
import { digest } from '../../../runtime/canonical.ts';
import type { RequestContext } from '../../../runtime/context.ts';
import type { Identity } from '../../../identity/index.ts';
import type { Refusal } from '../../refusal.ts';
import type { Memory as MergeMemory } from '../merging/index.ts';
import { busy } from '../merging/refused.ts';
import { begin, refused, replayed, type BeginOptions } from '../begin.ts';
import { keyRequired, unknownCustomer } from '../refusals.ts';
import type { Draft, Store } from '../store.ts';
import type { Started, UnmergeOrder } from '../workflows.ts';
import { begunWith, changedBy, unmerging } from './index.ts';

export interface UnmergeOptions extends BeginOptions {
  readonly store: Pick<Store, 'start' | 'started'>;
  readonly identity: Pick<Identity, 'merging' | 'loadersOf'>;
}

/** Starts to take a customer out of the one that it lives on as. */
export function unmergeIn(options: UnmergeOptions) {
  const { db, identity, store, reads } = options;
  return async ({ customerId, reason, key }: UnmergeOrder, context: RequestContext): Promise<Started> => {
    const { subject } = context.principal;
    const hash = digest({ customerId, reason });
    if (key === null) return refused(keyRequired);
    // A key that is known replays, however the customer stands by now.
    const known = await store.started(subject, key, hash);
    if (known) return replayed(known, await reads.view(known.id));
    const registration = await identity.loadersOf(context).registration(customerId);
    if (!registration) return refused(unknownCustomer(customerId));
    const entityId = customerId.toLowerCase();
    const merge = await identity.merging.mergeOf(db, entityId);
    if (!merge || registration.id === entityId) return refused(notMerged);
    const merged = (await reads.view(merge.id))?.memory as MergeMemory | undefined;
    if (!merged) throw new Error('a merge without a workflow');
    const changed = changedBy(merged, merge.survivor !== registration.id);
    const { correlationId, traceparent } = context;
    const draft: Draft = {
      ...{ id: uuid(), kind: unmerging.kind, entity: 'Customer', entityId, stage: 'DRAINING' },
      memory: begunWith(registration.id, changed),
      ...{ subject, key, hash, requestedBy: subject, reason, correlationId, traceparent },
    };
    return begin(options, draft, { operation: 'unmergeCustomers', open: busy }, context);
  };
}

const notMerged: Refusal = {
  code: 'NOT_MERGED',
  message: 'The customer lives on as no other one; give the id of one that was merged.',
};
