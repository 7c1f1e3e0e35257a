import type { Queryable } from '../../runtime/db/index.ts';
import type { SystemName } from '../../identity/index.ts';
import type { Draft } from '../change.ts';

/** Who says that a record may have changed. */
export type Messenger = Exclude<Draft['source'], 'WRITE'>;

/** A record that may have changed: it is read again, and what it says then is what counts. */
export interface Hint {
  readonly system: SystemName;
  /** The system's own key. */
  readonly key: string;
  readonly source: Messenger;
  /** Attributes that are known to have changed below the record. */
  readonly touched?: readonly string[] | undefined;
  /** Milliseconds before which it is not to be read; at once where absent. */
  readonly delay?: number | undefined;
}

/** A record that this process is to read. */
export interface Claimed {
  readonly key: string;
  readonly source: Messenger;
  readonly touched: readonly string[];
  /** Says whether more was hinted since. A decimal number. */
  readonly hints: string;
  readonly attempts: number;
  /** The last position that was given before it is read. */
  readonly since: string;
}

/**
 * Puts records into the inbox, within the transaction that is given. However often a record is hinted at before it is
 * read, it is read once; one that is being read at the moment is read once more.
 */
export async function hint(tx: Queryable, hints: readonly Hint[]): Promise<void> {
  if (hints.length === 0) return;
  // Everybody writes in the order of keys: two who wait for each other would wait for ever.
  await tx.query(
    `insert into events_inbox as i (system, key, source, touched, due)
     select system, key, source, touched, clock_timestamp() + delay * interval '1 millisecond'
     from jsonb_to_recordset($1::jsonb) as h (system text, key text, source text, touched text[], delay int)
     order by system, key
     on conflict (system, key) do update set
       source = excluded.source,
       touched = (select coalesce(array_agg(distinct t order by t), '{}') from unnest(i.touched || excluded.touched) t),
       hints = i.hints + 1,
       due = case when i.held_until > clock_timestamp() then excluded.due else least(i.due, excluded.due) end`,
    [JSON.stringify(together(hints))],
  );
}

/** One row for each record: a statement cannot write one row twice. */
function together(hints: readonly Hint[]): readonly Required<Hint>[] {
  const records = new Map<string, Required<Hint>>();
  for (const one of hints) {
    const name = `${one.system}:${one.key}`;
    const before = records.get(name);
    records.set(name, {
      ...one,
      touched: [...new Set([...(before?.touched ?? []), ...(one.touched ?? [])])],
      delay: Math.min(before?.delay ?? Infinity, one.delay ?? 0),
    });
  }
  return [...records.values()];
}

/** Which of a system's hints: those never tried, together, or the one that has waited longest of those that failed. */
type Which = 'FRESH' | 'FAILED';

/** Takes due records of a system into the hands of a reader, for `lease` milliseconds; nobody else gets them until then. */
export async function claimHints(
  db: Queryable,
  claim: {
    readonly system: SystemName;
    readonly which: Which;
    readonly reader: string;
    readonly lease: number;
    readonly most: number;
  },
): Promise<readonly Claimed[]> {
  const { system, which, reader, lease, most } = claim;
  return db.query<Claimed>(
    `with due as (
       select key from events_inbox
       where system = $1 and due <= clock_timestamp() and (held_until is null or held_until < clock_timestamp())
         and attempts ${which === 'FRESH' ? '=' : '>'} 0
       order by due limit $4 for update skip locked
     )
     update events_inbox i
     set held_by = $2::uuid, held_until = clock_timestamp() + $3::int * interval '1 millisecond'
     from due where i.system = $1 and i.key = due.key
     returning i.key, i.source, i.touched, i.hints, i.attempts,
       (select position from events_head) as since`,
    [system, reader, lease, which === 'FRESH' ? most : 1],
  );
}

/** Which of these records are still in the reader's hands. */
export async function heldHints(
  db: Queryable,
  system: SystemName,
  reader: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ key: string }>(
    'select key from events_inbox where system = $1 and held_by = $2::uuid and key = any($3::text[])',
    [system, reader, keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Ends what was hinted of records that were read; what was hinted meanwhile stays, to be read again. */
export async function settleHints(
  tx: Queryable,
  system: SystemName,
  reader: string,
  read: readonly Claimed[],
): Promise<void> {
  const held = [JSON.stringify(read.map(({ key, hints }) => ({ key, hints }))), system, reader];
  await tx.query(
    `with mine as (
       select i.key, i.hints = r.hints as done
       from jsonb_to_recordset($1::jsonb) as r (key text, hints bigint)
         join events_inbox i on i.system = $2 and i.key = r.key and i.held_by = $3::uuid
       order by i.key for update of i
     ), ended as (
       delete from events_inbox i using mine where mine.done and i.system = $2 and i.key = mine.key
     )
     update events_inbox i set held_by = null, held_until = null, attempts = 0
     from mine where not mine.done and i.system = $2 and i.key = mine.key`,
    held,
  );
}

/** Lets go of records that could not be read. @param blamed whether it was their own fault; `delay` in milliseconds */
export async function releaseHints(
  db: Queryable,
  system: SystemName,
  reader: string,
  {
    keys,
    blamed,
    delay,
  }: { readonly keys: readonly string[]; readonly blamed: boolean; readonly delay: number },
): Promise<void> {
  await db.query(
    `update events_inbox set held_by = null, held_until = null, attempts = attempts + $4::int,
       due = greatest(due, clock_timestamp() + $5::int * interval '1 millisecond')
     where system = $1 and held_by = $2::uuid and key = any($3::text[])`,
    [system, reader, keys, blamed ? 1 : 0, Math.round(delay)],
  );
}
