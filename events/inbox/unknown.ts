import type { SystemName } from '../../identity/index.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import type { Messenger } from './hints.ts';

/** A record that somebody told of, that nobody knows and that does not exist. */
export interface UnknownRecord {
  readonly system: SystemName;
  readonly key: string;
  readonly source: Messenger;
  /** How often it was told of. */
  readonly times: number;
  /** ISO 8601 in UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** Keeps them for a person to look at: they are no error of whoever told of them. */
export async function noteUnknown(
  tx: Queryable,
  system: SystemName,
  records: readonly { readonly key: string; readonly source: Messenger }[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.query(
    `insert into events_unknown as u (system, key, source)
     select $1, key, source from jsonb_to_recordset($2::jsonb) as r (key text, source text) order by key
     on conflict (system, key) do update
     set source = excluded.source, times = u.times + 1, last_at = clock_timestamp()`,
    [system, JSON.stringify(records.map(({ key, source }) => ({ key, source })))],
  );
}

/** Takes those away that are known by now. */
export async function forgetUnknown(
  tx: Queryable,
  system: SystemName,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.query('delete from events_unknown where system = $1 and key = any($2::text[])', [system, keys]);
}

/** All of them, the last told of first; at most `most`. */
export async function unknownRecords(db: Queryable, most: number): Promise<readonly UnknownRecord[]> {
  return db.query<UnknownRecord>(
    `select system, key, source, times, first_at as "firstAt", last_at as "lastAt"
     from events_unknown order by last_at desc, system, key limit $1`,
    [most],
  );
}
