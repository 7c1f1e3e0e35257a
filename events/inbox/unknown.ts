import type { SystemName } from '../../identity/index.ts';
import { recordName } from '../../identity/systems.ts';
import type { Queryable } from '../../runtime/db/index.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { close, raise } from '../../steward/index.ts';
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

/** Keeps them for a steward to look at: they are no error of whoever told of them. */
export async function noteUnknown(
  tx: Queryable,
  entity: EntityName,
  system: SystemName,
  records: readonly { readonly key: string; readonly source: Messenger }[],
): Promise<void> {
  if (records.length === 0) return;
  const noted = await tx.query<{ key: string; source: Messenger; ignored: boolean }>(
    `insert into events_unknown as u (system, key, source)
     select $1, key, source from jsonb_to_recordset($2::jsonb) as r (key text, source text) order by key
     on conflict (system, key) do update
     set source = excluded.source, times = u.times + 1, last_at = clock_timestamp()
     returning key, source, ignored`,
    [system, JSON.stringify(records.map(({ key, source }) => ({ key, source })))],
  );
  for (const { key, source } of noted.filter(({ ignored }) => !ignored))
    await raise(tx, {
      ...{ kind: 'UNKNOWN_RECORD', key: recordName({ system, key }), entity, entityIds: [] },
      ...{ sides: [{ system, key }], evidence: { source: [source] }, waiting: { system, key } },
    });
}

/** Takes those away that are known by now; nobody has to look at them any more. */
export async function forgetUnknown(
  tx: Queryable,
  system: SystemName,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  const gone = await tx.query<{ key: string }>(
    'delete from events_unknown where system = $1 and key = any($2::text[]) returning key',
    [system, keys],
  );
  for (const { key } of gone) await close(tx, 'UNKNOWN_RECORD', recordName({ system, key }), 'KNOWN');
}

/** Lets nobody be asked about a record again, however often it is told of. */
export async function ignoreUnknown(tx: Queryable, system: SystemName, key: string): Promise<void> {
  await tx.query('update events_unknown set ignored = true where system = $1 and key = $2', [system, key]);
}

/** All of them, the last told of first; at most `most`. */
export async function unknownRecords(db: Queryable, most: number): Promise<readonly UnknownRecord[]> {
  return db.query<UnknownRecord>(
    `select system, key, source, times, first_at as "firstAt", last_at as "lastAt"
     from events_unknown order by last_at desc, system, key limit $1`,
    [most],
  );
}
