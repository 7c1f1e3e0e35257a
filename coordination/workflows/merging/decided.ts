import { randomUUID } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Identity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { Continue } from '../../../steward/index.ts';
import { storeIn } from '../store.ts';
import { begunWith, merging } from './index.ts';
import { mergeableBy } from './plan.ts';

/**
 * Two customers of whom a steward has decided that they are one become one: the one that the decision names stays, or the
 * one that was registered first. Whoever carries on workflows goes on with it.
 * @param keep keeps what was decided, whatever it was
 */
export function sameDecided(db: Db, { crosswalk }: Pick<Identity, 'crosswalk'>, keep: Continue): Continue {
  // It holds none: it only starts them.
  const store = storeIn({ db, worker: randomUUID(), lease: 0 });
  return async (decided) => {
    const kept = await keep(decided);
    const { item, decision, by, reason, customer } = decided;
    if (decision !== 'SAME' || kept.status !== 'DONE') return kept;
    const found = [...(await crosswalk.registrations(item.entityIds)).values()];
    const [first, second] = found.toSorted((one, next) => (one.registeredAt < next.registeredAt ? -1 : 1));
    // They may be one already, by whoever else has seen to it.
    if (!first || !second || first.id === second.id) return kept;
    const stays = found.find(({ id }) => id === customer) ?? first;
    const other = stays === first ? second : first;
    const { outcome } = await store.start(
      {
        ...{ id: uuid(), kind: merging.kind, entity: 'Customer', entityId: stays.id, stage: 'DRAINING' },
        memory: begunWith({
          ...{ other: other.id, planHash: null, chosen: {} },
          // Two people have decided: what the survivor lacks comes with the other one.
          allowed: [...mergeableBy.values()].flat(),
        }),
        ...{ subject: 'coordination/workflows', key: item.id, hash: item.id, requestedBy: by, reason },
        ...{ correlationId: randomUUID(), traceparent: null },
      },
      [{ event: 'STARTED', stage: 'DRAINING', by, message: `Decided by ${by}, as a steward.` }],
    );
    if (outcome === 'OPEN') throw new Error('another merge has the customer; this one begins after it');
    return kept;
  };
}
