import type { Queryable } from '../../runtime/db/index.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import { close, raise } from '../../steward/index.ts';
import type { Copy, Difference } from './compare.ts';
import type { Seen } from './look.ts';
import { suspect } from './suspects.ts';
import { verdictOn, type DriftKind, type DriftPolicy, type DriftState, type Known } from './verdict.ts';

/** What a system itself told of a record of its own. */
export interface ToldOf {
  readonly version: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** What comparing copies came to, in numbers of copies. */
export interface Counts {
  readonly compared: number;
  readonly equal: number;
  readonly different: number;
  /** Different while a write is in flight: that is no drift, and is looked at again. */
  readonly moving: number;
  /** Differences that a person is asked about from now on. */
  readonly asked: number;
  /** Differences of which the owner's value is written again. */
  readonly repaired: number;
  readonly unreachable: number;
}

export interface Settled {
  readonly counts: Counts;
  /** Copies that are to be looked at again, as a write is in flight. */
  readonly moving: readonly Copy[];
}

/** A difference as it is stored. */
interface Row extends Known, Copy {
  readonly kind: DriftKind;
}

/** The work item of a copy is known by this. */
export function itemKeyOf({ entityId, system, attribute }: Copy): string {
  return `${entityId}/${system}/${attribute}`;
}

/**
 * Takes in what was seen of copies, within a transaction: what is as its owner's value is forgotten, and whoever was asked
 * about it need not decide any more; what differs while nothing is in flight is repaired or asked about, by policy.
 * @param toldOf what the system told of its record, where that is why it was looked at
 */
export async function settle(
  tx: Queryable,
  entity: EntityName,
  { since, equal, different, absent, unreachable }: Seen,
  policy: DriftPolicy,
  toldOf: (copy: Copy) => ToldOf | null = () => null,
): Promise<Settled> {
  await forget(tx, [...equal, ...absent]);
  const moving = await movingOf(tx, different, since);
  const isMoving = ({ entityId, system }: Copy) => moving.has(nameOf(entityId, system));
  const [later, now] = [different.filter(isMoving), different.filter((one) => !isMoving(one))];
  await suspect(tx, entity, later, soon);
  const known = await knownOf(tx, now);
  const states: DriftState[] = [];
  // In one order, so that two processes never wait for each other.
  for (const difference of now.toSorted((one, other) => (itemKeyOf(one) < itemKeyOf(other) ? -1 : 1))) {
    const row = known.get(itemKeyOf(difference)) ?? null;
    const state = verdictOn(row, difference, policy);
    const told = toldOf(difference);
    const kind = row?.kind ?? (told ? 'OWNERSHIP_VIOLATION' : 'DRIFT');
    await store(tx, entity, difference, state ?? row?.state ?? 'ASKED', kind);
    if (row === null) await count(tx, difference);
    if (state === 'ASKED') await ask(tx, entity, difference, kind, told);
    if (state) states.push(state);
  }
  const countOf = (asked: DriftState) => states.filter((state) => state === asked).length;
  return {
    counts: {
      compared: equal.length + different.length,
      ...{ equal: equal.length, different: now.length, moving: later.length },
      ...{ asked: countOf('ASKED'), repaired: countOf('TO_REPAIR'), unreachable: unreachable.length },
    },
    moving: later,
  };
}

/** Milliseconds after which a copy is compared again that a write may be changing. */
const soon = 2_000;

const nameOf = (entityId: string, system: SystemName): string => `${entityId}/${system}`;

const columns = (copies: readonly Copy[]) => [
  copies.map(({ entityId }) => entityId),
  copies.map(({ system }) => system),
  copies.map(({ attribute }) => attribute),
];

/** What is as it should be, or is not there any more: nobody has to decide about it. */
export async function forget(tx: Queryable, copies: readonly Copy[]): Promise<void> {
  if (copies.length === 0) return;
  const gone = await tx.query<Copy & { readonly state: DriftState; readonly kind: DriftKind }>(
    `delete from coordination_drift where (entity_id, system, attribute) in (
       select * from unnest($1::text[], $2::text[], $3::text[]))
     returning entity_id as "entityId", system, attribute, state, kind`,
    columns(copies),
  );
  for (const one of gone) await close(tx, one.kind, itemKeyOf(one), 'GONE');
}

/**
 * Entities and systems between whose attributes and copies a write is in flight, or was when they were read; or where the
 * write that is to put one right waits for whoever has to approve of it.
 */
async function movingOf(
  tx: Queryable,
  different: readonly Difference[],
  since: string,
): Promise<ReadonlySet<string>> {
  if (different.length === 0) return new Set();
  const rows = await tx.query<{ entityId: string; system: SystemName }>(
    `select distinct asked.id as "entityId", asked.system from unnest($1::text[], $2::text[]) asked (id, system)
     where not coordination_settled(asked.id, asked.system, $3::timestamptz) or exists (
       select from coordination_drift d join coordination_write w on w.id = d.write_id
       where d.entity_id = asked.id and d.system = asked.system and d.state = 'ORDERED'
         and w.state = 'AWAITING_APPROVAL')`,
    [...columns(different).slice(0, 2), since],
  );
  return new Set(rows.map(({ entityId, system }) => nameOf(entityId, system)));
}

async function knownOf(tx: Queryable, copies: readonly Copy[]): Promise<ReadonlyMap<string, Row>> {
  if (copies.length === 0) return new Map();
  const rows = await tx.query<Row>(
    `select entity_id as "entityId", system, attribute, state, kind, owner_print as "ownerPrint", copy_print as "copyPrint"
     from coordination_drift where (entity_id, system, attribute) in (
       select * from unnest($1::text[], $2::text[], $3::text[]))
     order by entity_id, system, attribute for update`,
    columns(copies),
  );
  return new Map(rows.map((row) => [itemKeyOf(row), row]));
}

async function store(
  tx: Queryable,
  entity: EntityName,
  difference: Difference,
  state: DriftState,
  kind: DriftKind,
): Promise<void> {
  const { entityId, system, attribute, ownerPrint, copyPrint, key, version } = difference;
  await tx.query(
    `insert into coordination_drift as d
       (entity_id, system, attribute, entity, kind, state, owner_print, copy_print, key, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (entity_id, system, attribute) do update set (state, owner_print, copy_print, key, version)
       = (excluded.state, excluded.owner_print, excluded.copy_print, excluded.key, excluded.version)`,
    [entityId, system, attribute, entity, kind, state, ownerPrint, copyPrint, key, version],
  );
}

async function count(tx: Queryable, { system, attribute }: Copy): Promise<void> {
  await tx.query(
    `insert into coordination_drift_found as f (system, attribute, found) values ($1, $2, 1)
     on conflict (system, attribute) do update set found = f.found + 1`,
    [system, attribute],
  );
}

async function ask(
  tx: Queryable,
  entity: EntityName,
  difference: Difference,
  kind: DriftKind,
  told: ToldOf | null,
): Promise<void> {
  const { entityId, system, attribute, owner, key, version } = difference;
  await raise(tx, {
    ...{ kind, key: itemKeyOf(difference), entity, entityIds: [entityId] },
    sides: [
      { customer: entityId, system: owner },
      { customer: entityId, system, key },
    ],
    evidence: {
      ...{ attributes: [attribute], owner: [owner], copy: [system], version: [told?.version ?? version] },
      ...(told ? { toldAt: [told.at] } : {}),
    },
    waiting: { system, attribute },
  });
}
