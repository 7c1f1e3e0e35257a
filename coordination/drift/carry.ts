import { randomUUID } from 'node:crypto';
import type { Identity } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import type { Copy } from './compare.ts';
import type { Look } from './look.ts';
import type { Orders } from './order.ts';
import { forget, itemKeyOf, settle } from './settle.ts';
import { clearSuspects, postponeSuspects, takeSuspects, type Suspect } from './suspects.ts';
import type { DriftPolicy } from './verdict.ts';

export interface CarryOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'members'>;
  readonly look: Look;
  readonly orders: Orders;
  readonly policy: DriftPolicy;
}

/** How many are taken up at a time: few, as nobody waits for them. */
const most = 20;

/** Compares copies that something was seen of, all that are due. */
export async function lookAtSuspects(
  options: Omit<CarryOptions, 'orders'>,
  stopped: () => boolean,
): Promise<void> {
  const { db } = options;
  for (let more = true; more && !stopped();) {
    const taken = await takeSuspects(db, most);
    for (const [entity, suspects] of Map.groupBy(taken, (one) => one.entity))
      await lookAt(options, entity, suspects);
    more = taken.length === most;
  }
}

async function lookAt(
  { db, identity, look, policy }: Omit<CarryOptions, 'orders'>,
  entity: EntityName,
  taken: readonly Suspect[],
): Promise<void> {
  const all = await living(identity, taken);
  // One that lives on as another is looked at as that one.
  await clearSuspects(
    db,
    taken.filter(({ entityId }) => !all.has(entityId)),
  );
  const suspects = taken.filter(({ entityId }) => all.has(entityId));
  if (suspects.length === 0) return;
  const named = new Map(suspects.map((one) => [nameOf(one), one]));
  const ids = [...new Set(suspects.map(({ entityId }) => entityId))];
  const looked = await look(entity, ids, new Set(suspects.map(({ system }) => system)));
  // Several systems were asked about all of them; what nobody has seen anything of is left to the sweep.
  const only = <One extends Copy>(copies: readonly One[]) => copies.filter((one) => named.has(nameOf(one)));
  const seen = {
    ...{ since: looked.since, equal: only(looked.equal), different: only(looked.different) },
    ...{ absent: only(looked.absent), unreachable: only(looked.unreachable) },
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

async function living(
  identity: CarryOptions['identity'],
  of: readonly { readonly entityId: string }[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(of.map(({ entityId }) => entityId))];
  return new Set(await identity.members({ after: null, limit: ids.length, ids }));
}

/** Forgets what differed of entities that are there no longer. */
export async function forgetGone({ db, identity }: Pick<CarryOptions, 'db' | 'identity'>): Promise<void> {
  let after = '';
  for (;;) {
    const known = await db.query<Copy>(
      `select entity_id as "entityId", system, attribute from coordination_drift
       where entity_id in (
         select distinct entity_id from coordination_drift where entity_id > $1 order by 1 limit $2)
       order by 1`,
      [after, most],
    );
    const last = known.at(-1);
    if (!last) return;
    after = last.entityId;
    const alive = await living(identity, known);
    const gone = known.filter(({ entityId }) => !alive.has(entityId));
    if (gone.length > 0) await db.transaction((tx) => forget(tx, gone));
  }
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
