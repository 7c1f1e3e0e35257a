import { randomUUID } from 'node:crypto';
import type { Db } from '../../runtime/db/index.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import type { Copy } from './compare.ts';
import type { Look } from './look.ts';
import type { Orders } from './order.ts';
import { itemKeyOf, settle } from './settle.ts';
import { clearSuspects, postponeSuspects, takeSuspects, type Suspect } from './suspects.ts';
import type { DriftPolicy } from './verdict.ts';

export interface CarryOptions {
  readonly db: Db;
  readonly look: Look;
  readonly orders: Orders;
  readonly policy: DriftPolicy;
}

/** How many are taken up at a time: few, as nobody waits for them. */
const most = 20;

/** Compares copies that something was seen of, all that are due. */
export async function lookAtSuspects(
  { db, look, policy }: Omit<CarryOptions, 'orders'>,
  stopped: () => boolean,
): Promise<void> {
  for (let more = true; more && !stopped();) {
    const taken = await takeSuspects(db, most);
    for (const [entity, suspects] of Map.groupBy(taken, (one) => one.entity))
      await lookAt({ db, look, policy }, entity, suspects);
    more = taken.length === most;
  }
}

async function lookAt(
  { db, look, policy }: Omit<CarryOptions, 'orders'>,
  entity: EntityName,
  suspects: readonly Suspect[],
): Promise<void> {
  const named = new Map(suspects.map((one) => [nameOf(one), one]));
  const ids = [...new Set(suspects.map(({ entityId }) => entityId))];
  const all = await look(entity, ids, new Set(suspects.map(({ system }) => system)));
  // Several systems were asked about all of them; what nobody has seen anything of is left to the sweep.
  const only = <One extends Copy>(copies: readonly One[]) => copies.filter((one) => named.has(nameOf(one)));
  const seen = {
    ...all,
    equal: only(all.equal),
    different: only(all.different),
    unreachable: only(all.unreachable),
  };
  await db.transaction(async (tx) => {
    const { moving } = await settle(tx, entity, seen, policy, (copy) => {
      const { toldVersion = null, toldAt = null } = named.get(nameOf(copy)) ?? {};
      return toldVersion === null || toldAt === null ? null : { version: toldVersion, at: toldAt };
    });
    const open = new Set([...moving, ...seen.unreachable].map(nameOf));
    await postponeSuspects(
      tx,
      suspects.filter((one) => open.has(nameOf(one))),
    );
    await clearSuspects(
      tx,
      suspects.filter((one) => !open.has(nameOf(one))),
    );
  });
}

const nameOf = ({ entityId, system }: Pick<Copy, 'entityId' | 'system'>): string => `${entityId}/${system}`;

/** Orders the repairs that are due; one that cannot be ordered now comes again in half a minute. */
export async function orderRepairs({ db, orders }: CarryOptions, stopped: () => boolean): Promise<void> {
  for (let more = true; more && !stopped();) {
    const due = await db.query<Copy & { readonly entity: EntityName }>(
      `update coordination_drift d set due = clock_timestamp() + interval '30 seconds'
       from (select entity_id, system, attribute from coordination_drift
         where state = 'TO_REPAIR' and due <= clock_timestamp() order by due limit $1 for update skip locked) r
       where d.entity_id = r.entity_id and d.system = r.system and d.attribute = r.attribute
       returning d.entity_id as "entityId", d.system, d.attribute, d.entity`,
      [most],
    );
    for (const { entity, ...copy } of due) await orders.repair(entity, copy, byPolicy(copy));
    more = due.length === most;
  }
}

const byPolicy = (copy: Copy) => ({
  key: randomUUID(),
  requestedBy: 'coordination/drift',
  reason: `The copy ${itemKeyOf(copy)} had another value than its owner.`,
  lane: 'BULK' as const,
});
