import { v7 as uuid } from 'uuid';
import type { Identity } from '../../../identity/index.ts';
import { digest } from '../../../runtime/canonical.ts';
import { newMemo, type RequestContext } from '../../../runtime/context.ts';
import type { Refusal } from '../../refusal.ts';
import { begin, refused, replayed, type BeginOptions } from '../begin.ts';
import { keyRequired, unknownCustomer } from '../refusals.ts';
import type { Draft, Store } from '../store.ts';
import type { Erase, Started } from '../workflows.ts';
import type { guardIn } from './guards.ts';
import { begun, erasure } from './index.ts';

export interface EraseOptions extends BeginOptions {
  readonly identity: Pick<Identity, 'loadersOf'>;
  readonly guard: ReturnType<typeof guardIn>;
  readonly store: Pick<Store, 'start' | 'started'>;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
}

/** From a request to an erasure that is durably started, or to all of its refusals at once. */
export function eraseIn({ db, identity, guard, store, reads, callTimeout, look }: EraseOptions) {
  return async (asked: Erase, context: RequestContext): Promise<Started> => {
    const { subject } = context.principal;
    const { entity, key, reason, confirm } = asked;
    if (key === null) return refused(keyRequired);
    const hash = digest({ erase: asked.entityId.toLowerCase(), reason });
    // What was asked for under this key may be done by now, and its customer no more.
    const known = await store.started(subject, key, hash);
    if (known) return replayed(known, await reads.view(known.id));
    const entityId = (await identity.loadersOf(context).registration(asked.entityId))?.id ?? null;
    if (entityId === null) return refused(unknownCustomer(asked.entityId));
    const { correlationId, traceparent } = context;
    const call = { correlationId, traceparent, timeout: callTimeout, memo: newMemo() };
    const looked = await guard({ id: null, entity, entityId }, false, call);
    if ('later' in looked) return refused(notNow(looked.later));
    const meant = [asked.entityId.toLowerCase(), entityId, looked.name];
    const against = meant.includes(confirm) ? looked.refusals : [notConfirmed, ...looked.refusals];
    if (against.length > 0) return refused(...against);

    const draft: Draft = {
      ...{ id: uuid(), kind: erasure.kind, entity, entityId, stage: 'GUARDS', memory: begun },
      ...{ requestedBy: subject, subject, key, hash, reason, correlationId, traceparent },
    };
    const told = { operation: 'eraseCustomer', open: alreadyOpen };
    return begin({ db, store, reads, look }, draft, told, context);
  };
}

const notConfirmed: Refusal = {
  code: 'NOT_CONFIRMED',
  message: 'What is erased is gone for good: confirm it by the name or the id of the customer.',
};
const alreadyOpen = (id: string): Refusal => ({
  code: 'GUARD_FAILED',
  message: `The customer is being erased already, by the workflow ${id}.`,
});
const notNow = (system: Refusal['owner'] & string): Refusal => ({
  code: 'OWNER_UNAVAILABLE',
  owner: system,
  message: `${system} cannot be asked whether anything stands against it; come again later.`,
});
