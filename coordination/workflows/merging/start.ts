import { v7 as uuid } from 'uuid';
import type { Identity } from '../../../identity/index.ts';
import { digest } from '../../../runtime/canonical.ts';
import type { RequestContext } from '../../../runtime/context.ts';
import { holds } from '../../../runtime/principal.ts';
import { standingAt } from '../../barrier.ts';
import { governed } from '../../plan.ts';
import type { Refusal } from '../../refusal.ts';
import { begin, refused, replayed, type BeginOptions } from '../begin.ts';
import { keyRequired, unknownCustomer } from '../refusals.ts';
import type { Draft, Store } from '../store.ts';
import type { MergeAsked, MergeOrder, PlannedMerge, Started } from '../workflows.ts';
import { begunWith, merging } from './index.ts';
import { lookAt, type LookOptions } from './look.ts';
import { mergeableBy, mergePlanOf, type Choices, type Parties } from './plan.ts';
import { againstMerge, busy, mergedAlready, same, unreachable, waiting } from './refused.ts';

export interface MergeOptions extends LookOptions, BeginOptions {
  readonly identity: Pick<Identity, 'crosswalk' | 'loadersOf'>;
  readonly store: Pick<Store, 'start' | 'started'>;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
}

/** Plans merges, and starts them: the same plan for both. */
export function mergesIn(options: MergeOptions) {
  const { db, identity, store, reads, callTimeout, look } = options;

  /** Who is meant, and what speaks against it before anybody is asked. */
  async function meant({ survivorId, otherId }: MergeAsked, context: RequestContext) {
    const loaders = identity.loadersOf(context);
    const [survivor, other] = await Promise.all([
      loaders.registration(survivorId),
      loaders.registration(otherId),
    ]);
    const refusals: Refusal[] = [
      ...(survivor ? [] : [unknownCustomer(survivorId)]),
      ...(other ? [] : [unknownCustomer(otherId)]),
    ];
    if (survivor && other) {
      if (otherId.toLowerCase() === survivorId.toLowerCase()) refusals.push(same);
      else if (other.id !== otherId.toLowerCase()) refusals.push(mergedAlready(other.id));
      else if (other.id === survivor.id) refusals.push(same);
    }
    return { survivorId: survivor?.id ?? null, otherId: other ? otherId.toLowerCase() : null, refusals };
  }

  async function planned(asked: MergeAsked, context: RequestContext): Promise<PlannedMerge> {
    const { refusals, ...who } = await meant(asked, context);
    const { survivorId, otherId } = who;
    const nothing = { ...who, plan: null };
    if (survivorId === null || otherId === null || refusals.length > 0) return { ...nothing, refusals };
    const standing = await standingAt(db, [survivorId, otherId]);
    const { correlationId, traceparent, memo } = context;
    const call = { correlationId, traceparent, memo, timeout: callTimeout };
    const found = await lookAt(options, 'Customer', [survivorId, otherId], call);
    const against = [
      ...(standing.busy === null ? [] : [busy(standing.busy)]),
      ...(standing.asked.length > 0 ? [waiting(standing.asked)] : []),
    ];
    if ('unreached' in found) return { ...nothing, refusals: [...against, unreachable(found.unreached)] };
    const { plan, refused } = considered(found, choicesOf(asked, context));
    return { ...who, plan, refusals: [...against, ...refused] };
  }

  return {
    planMerge: planned,

    async merge(order: MergeOrder, context: RequestContext): Promise<Started> {
      const { key, reason, planHash, chosen } = order;
      const body = digest({ survivorId: order.survivorId, otherId: order.otherId, chosen, planHash, reason });
      const { subject } = context.principal;
      // A key that is known replays, however the two stand by now.
      const known = key === null ? null : await store.started(subject, key, body);
      if (known) return replayed(known, await reads.view(known.id));
      const { survivorId, otherId, plan, refusals } = await planned(order, context);
      const changed = planHash !== null && plan !== null && plan.hash !== planHash;
      const all = [...(key === null ? [keyRequired] : []), ...refusals, ...(changed ? [planChanged] : [])];
      if (key === null || survivorId === null || otherId === null || all.length > 0) return refused(...all);
      const { correlationId, traceparent } = context;
      const draft: Draft = {
        ...{ id: uuid(), kind: merging.kind, entity: 'Customer', entityId: survivorId, stage: 'DRAINING' },
        memory: begunWith({ other: otherId, planHash, ...choicesOf(order, context) }),
        ...{ subject, key, hash: body, requestedBy: subject, reason, correlationId, traceparent },
      };
      return begin({ db, store, reads, look }, draft, { operation: 'mergeCustomers', open: busy }, context);
    },
  };
}

function considered(parties: Parties, choices: Choices) {
  const plan = mergePlanOf(parties, choices);
  return { plan, refused: againstMerge(parties, choices, plan) };
}

/** What the caller chooses, and what he may write. */
function choicesOf({ chosen }: MergeAsked, { principal }: Pick<RequestContext, 'principal'>): Choices {
  const allowed = [...mergeableBy.values()].flat().filter((name) => {
    const known = governed('Customer', name);
    return known && holds(principal, known.write.scopes);
  });
  return { chosen, allowed };
}

const planChanged: Refusal = {
  code: 'PLAN_CHANGED',
  message: 'What would be done is no longer what was planned; plan again, and decide anew.',
};
