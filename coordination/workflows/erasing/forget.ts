import { captureInto, type Draft } from '../../../events/index.ts';
import type { Identity } from '../../../identity/index.ts';
import type { Queryable } from '../../../runtime/db/index.ts';
import { forget } from '../../../steward/index.ts';
import { hold } from '../../barrier.ts';
import type { Workflow } from '../workflow.ts';

/**
 * Leaves nothing of a customer in the graph itself, within a transaction: in the register, the journal, what workflows
 * remember and what stewards were asked; and destroys the secret of whatever may be left elsewhere of what was written. The
 * change feed tells the end. Done again, it changes nothing.
 * @returns false where a write is still being carried out: nothing was done
 */
export async function forgetIn(
  tx: Queryable,
  { crosswalk, register }: Pick<Identity, 'crosswalk' | 'register'>,
  workflow: Pick<Workflow, 'id' | 'entity' | 'entityId' | 'correlationId'>,
): Promise<boolean> {
  const { id, entity, entityId, correlationId } = workflow;
  const family = await crosswalk.familyOf(entityId, tx);
  // The barrier stays: nothing enters a queue that is nobody's.
  if ((await hold(tx, family, id)).left > 0) return false;
  const { ids, records } = await register.erase(tx, entityId);
  await tx.query('select coordination_forget($1, $2)', [ids, id]);
  await forget(tx, ids);
  const cause = { requestId: id, correlationId };
  const said = {
    source: 'WRITE',
    entity,
    version: null,
    foundVersion: null,
    fingerprints: null,
    cause,
  } as const;
  const seen = { written: [], touched: [], since: null, known: true } as const;
  await captureInto(tx, [
    ...records.map(({ system, key }): Draft => ({ ...said, ...seen, entityId, system, key })),
    ...ids.map((one): Draft => ({
      ...{ ...said, ...seen, entityId: one, system: 'IDENTITY', key: one },
      fate: 'ERASED',
    })),
  ]);
  return true;
}
