import type { Queryable } from '../../runtime/db/index.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import type { Copy } from './compare.ts';

/** Copies that a system keeps of an entity, to be compared. */
export interface Suspect {
  readonly entityId: string;
  readonly system: SystemName;
  readonly entity: EntityName;
  /** What the system itself told of its record, and when; null where it told nothing. */
  readonly toldVersion: string | null;
  readonly toldAt: string | null;
  /** How often it was taken up: it is no longer the same where it is told of again. */
  readonly tries: number;
}

/**
 * Has copies compared, after some milliseconds. Those that are to be already stay as they are, unless it is to be at once:
 * whoever compares them just now may have read them before.
 */
export async function suspect(
  tx: Queryable,
  entity: EntityName,
  copies: readonly Pick<Copy, 'entityId' | 'system'>[],
  after: number,
): Promise<void> {
  if (copies.length === 0) return;
  await tx.query(
    `insert into coordination_drift_suspect as s (entity_id, system, entity, due)
     select distinct asked.id, asked.system, $3, clock_timestamp() + $4::int * interval '1 millisecond'
     from unnest($1::text[], $2::text[]) asked (id, system) order by 1, 2
     on conflict (entity_id, system) do update set (tries, due) = (0, excluded.due) where $4 = 0`,
    [copies.map(({ entityId }) => entityId), copies.map(({ system }) => system), entity, after],
  );
}

/** The same for records that their system told of, at once. */
export async function suspectTold(
  tx: Queryable,
  entity: EntityName,
  system: SystemName,
  records: readonly { readonly entityId: string; readonly version: string }[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.query(
    `insert into coordination_drift_suspect as s (entity_id, system, entity, told_version, told_at)
     select asked.id, $3, $4, max(asked.version), clock_timestamp()
     from unnest($1::text[], $2::text[]) asked (id, version) group by asked.id order by 1
     on conflict (entity_id, system) do update set (told_version, told_at, tries, due)
       = (excluded.told_version, excluded.told_at, 0, excluded.due)`,
    [records.map(({ entityId }) => entityId), records.map(({ version }) => version), system, entity],
  );
}

/** Takes up those that are due, some at a time: nobody else does for half a minute. */
export async function takeSuspects(tx: Queryable, most: number): Promise<readonly Suspect[]> {
  return tx.query<Suspect>(
    `update coordination_drift_suspect s set tries = s.tries + 1, due = clock_timestamp() + interval '30 seconds'
     from (select entity_id, system from coordination_drift_suspect where due <= clock_timestamp()
       order by due limit $1 for update skip locked) d
     where s.entity_id = d.entity_id and s.system = d.system
     returning s.entity_id as "entityId", s.system, s.entity, s.told_version as "toldVersion", s.told_at as "toldAt", s.tries`,
    [most],
  );
}

/** Those are clear, unless something was told of them since they were taken up. */
export async function clearSuspects(tx: Queryable, suspects: readonly Suspect[]): Promise<void> {
  if (suspects.length === 0) return;
  await tx.query(
    `delete from coordination_drift_suspect where (entity_id, system, tries) in (
       select * from unnest($1::text[], $2::text[], $3::int[]))`,
    columns(suspects),
  );
}

/** Those are to be compared later: the more often they were, the later, up to a minute. */
export async function postponeSuspects(tx: Queryable, suspects: readonly Suspect[]): Promise<void> {
  if (suspects.length === 0) return;
  await tx.query(
    `update coordination_drift_suspect set due = clock_timestamp() + least(60, 0.5 * 2 ^ least(tries, 10)) * interval '1 second'
     where (entity_id, system, tries) in (select * from unnest($1::text[], $2::text[], $3::int[]))`,
    columns(suspects),
  );
}

const columns = (suspects: readonly Suspect[]) => [
  suspects.map(({ entityId }) => entityId),
  suspects.map(({ system }) => system),
  suspects.map(({ tries }) => tries),
];
