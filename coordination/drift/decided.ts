import type { Db } from '../../runtime/db/index.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { Continue, Outcome } from '../../steward/index.ts';
import type { Copy } from './compare.ts';
import type { Orders } from './order.ts';

/** Continues what a steward decided about a copy that differs. */
export function driftDecided(db: Db, orders: Orders): Continue {
  return async ({ item, decision, by, at, reason }): Promise<Outcome> => {
    const copy: Copy = {
      entityId: item.entityIds[0] ?? '',
      system: item.waiting.system as SystemName,
      attribute: item.waiting.attribute ?? '',
    };
    if (decision === 'IGNORE') {
      await db.query(
        `update coordination_drift set state = 'IGNORED' where entity_id = $1 and system = $2 and attribute = $3`,
        [copy.entityId, copy.system, copy.attribute],
      );
      return done;
    }
    if (decision !== 'REPAIR' && decision !== 'ADOPT')
      throw new Error(`a copy cannot be put right by ${decision}`);
    const order = decision === 'REPAIR' ? 'repair' : 'adopt';
    const outcome = await orders[order](item.entity, copy, {
      // One decision is one write, however often it is continued.
      key: `${item.id}:${at}`,
      ...{ requestedBy: by, reason, operation: 'decideWorkItem', lane: 'INTERACTIVE' },
    });
    // Rejected, it comes again.
    if (outcome === 'BUSY') throw new Error('a write is in flight, or a system cannot be reached');
    return outcome === 'REFUSED' ? refused : done;
  };
}

const done: Outcome = { status: 'DONE' };
const refused: Outcome = {
  status: 'REFUSED',
  code: 'INVALID_VALUE',
  message: 'The owner would not take the value of the copy; write the owner another one, or repair the copy.',
};
