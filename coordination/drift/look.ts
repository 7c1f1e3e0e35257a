import { randomUUID } from 'node:crypto';
import { newMemo } from '../../runtime/context.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import { compared, type Compared } from './compare.ts';
import { copiedOf } from './copied.ts';
import type { Inspected, Inspector } from './inspector.ts';

export interface LookOptions {
  readonly db: Queryable;
  readonly inspectors: ReadonlyMap<SystemName, Inspector>;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
}

/** What was seen, and the moment before which nothing of it was read, by the store's clock. */
export interface Seen extends Compared {
  readonly since: string;
}

/** Looks at the copies of these entities: those that these systems keep, all where none is named. */
export type Look = (
  entity: EntityName,
  entityIds: readonly string[],
  keepers?: ReadonlySet<SystemName>,
) => Promise<Seen>;

/** Asks each system once for all of them, one call at a time: others work with the systems at the same time. */
export function lookIn({ db, inspectors, callTimeout }: LookOptions): Look {
  return async (entity, entityIds, keepers) => {
    const copied = copiedOf(entity).filter(({ keeper }) => keepers?.has(keeper) ?? true);
    const since = await storeTime(db);
    const call = { correlationId: `drift-${randomUUID()}`, traceparent: null, timeout: callTimeout };
    // What each of them looks up of the entities is looked up once.
    const memo = newMemo();
    const inspections = new Map<SystemName, ReadonlyMap<string, Inspected> | null>();
    async function asked(system: SystemName): Promise<readonly Inspected[] | null> {
      const of = (which: 'owner' | 'keeper') =>
        copied.filter((one) => one[which] === system).map(({ attribute }) => attribute);
      const inspection = { entity, entityIds, owned: of('owner'), copied: of('keeper') };
      return (await inspectors.get(system)?.inspect(inspection, { ...call, memo })) ?? null;
    }
    for (const system of new Set(copied.flatMap(({ owner, keeper }) => [owner, keeper]))) {
      const records = entityIds.length === 0 ? [] : await asked(system);
      inspections.set(system, records && new Map(records.map((record) => [record.entityId, record])));
    }
    return { ...compared(copied, entityIds, inspections), since };
  };
}

/** Now, by the store's clock. */
export async function storeTime(db: Queryable): Promise<string> {
  const [row] = await db.query<{ now: string }>('select clock_timestamp() as now');
  if (!row) throw new Error('a statement that gives one row gave none');
  return row.now;
}
