import type { Queryable } from '../runtime/db/index.ts';
import { draftIn } from './draft.ts';
import type { Draft } from './change.ts';
import type { End, SeenRecord, Sequenced, Tagged } from './sequence.ts';

/** The end of the log in the hands of one transaction: nobody else gives positions until it is over. */
export interface HeldEnd extends End {
  /** Now, to the millisecond. */
  readonly at: string;
}

/** Whether anything waits. */
export async function isWaiting(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ waiting: boolean }>(
    'select exists (select 1 from events_outbox where refused is null) as waiting',
  );
  return row?.waiting === true;
}

/** Takes the end of the log; null where another transaction has it. */
export async function holdEnd(tx: Queryable): Promise<HeldEnd | null> {
  const [end] = await tx.query<HeldEnd>(
    `select position, hash, date_trunc('milliseconds', clock_timestamp()) as at
     from events_head for update skip locked`,
  );
  return end ?? null;
}

/**
 * What waits, oldest first: drafts whose transactions have committed, whatever their numbers are. What is no draft is set
 * aside with the reason.
 */
export async function takeDrafts(tx: Queryable, most: number): Promise<{ ids: string[]; drafts: Draft[] }> {
  const rows = await tx.query<{ id: string; draft: unknown }>(
    'select id, draft from events_outbox where refused is null order by id limit $1',
    [most],
  );
  const read = rows.map(({ id, draft }) => ({ id, draft: draftIn(draft) }));
  const refused = read.flatMap(({ id, draft }) => (typeof draft === 'string' ? [{ id, why: draft }] : []));
  if (refused.length > 0) {
    await tx.query(
      `update events_outbox o set refused = r.why
       from unnest($1::bigint[], $2::text[]) r (id, why) where o.id = r.id`,
      [refused.map(({ id }) => id), refused.map(({ why }) => why)],
    );
  }
  const sound = read.flatMap(({ id, draft }) => (typeof draft === 'string' ? [] : [{ id, draft }]));
  return { ids: sound.map(({ id }) => id), drafts: sound.map(({ draft }) => draft) };
}

const seenColumns = `system, key, entity_id as "entityId", version, fingerprints, told_position as "toldPosition",
  told_version as "toldVersion", told_by as "toldBy", own_version as "ownVersion"`;

/** What was seen of the drafts' records, and of those of their entities that have a tagged attribute. */
export async function seenOf(
  tx: Queryable,
  drafts: readonly Draft[],
  tagged: readonly Tagged[],
): Promise<readonly SeenRecord[]> {
  return tx.query<SeenRecord>(
    `select ${seenColumns} from events_seen
     where (system, key) in (select * from unnest($1::text[], $2::text[]))
     union all
     select ${seenColumns} from events_seen
     where entity_id = any($3::uuid[]) and system = any($4::text[])`,
    [
      drafts.map(({ system }) => system),
      drafts.map(({ key }) => key),
      [...new Set(drafts.map(({ entityId }) => entityId))],
      [...new Set(tagged.map(({ system }) => system))],
    ],
  );
}

/** Writes what was decided: the log with its new end, what is known from now on, and the outbox without these drafts. */
export async function writeSequenced(
  tx: Queryable,
  ids: readonly string[],
  { entries, end, seen }: Sequenced,
): Promise<void> {
  await tx.query(
    `with done as (
       delete from events_outbox where id = any($1::bigint[])
     ), known as (
       insert into events_seen as s
         (system, key, entity_id, version, fingerprints, told_position, told_version, told_by, own_version)
       select system, key, "entityId", version, fingerprints, "toldPosition", "toldVersion", "toldBy", "ownVersion"
       from jsonb_to_recordset($2::jsonb) as r (system text, key text, "entityId" uuid, version text,
         fingerprints jsonb, "toldPosition" bigint, "toldVersion" text, "toldBy" text, "ownVersion" text)
       on conflict (system, key) do update set entity_id = excluded.entity_id, version = excluded.version,
         fingerprints = excluded.fingerprints, told_position = excluded.told_position,
         told_version = excluded.told_version, told_by = excluded.told_by, own_version = excluded.own_version
     ), told as (
       insert into events_log (position, at, entity, entity_id, kind, system, key, version, previous_version, attributes,
         cause, tags, hash)
       select position, at, entity, "entityId", kind, system, key, version, "previousVersion", attributes,
         cause, tags, hash
       from jsonb_to_recordset($3::jsonb) as r (position bigint, at timestamptz, entity text, "entityId" uuid, kind text,
         system text, key text, version text, "previousVersion" text, attributes text[], cause jsonb, tags jsonb, hash text)
     ), ended as (
       update events_head set position = $4, hash = $5 where position <> $4
       returning position
     )
     select pg_notify('events', position::text) from ended`,
    [
      ids,
      JSON.stringify(seen),
      JSON.stringify(entries.map(({ change, hash }) => ({ ...change, hash }))),
      end.position,
      end.hash,
    ],
  );
}
