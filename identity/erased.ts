import type { Queryable } from '../runtime/db/index.ts';
import { statedColumns } from './columns.ts';
import { takeTurn } from './enrol.ts';
import type { LocalRecord, SystemName } from './systems.ts';

/** What was erased. */
export interface Erased {
  /** The customer and all that were merged into it. */
  readonly ids: readonly string[];
  /** Their records, in any system and at any time. */
  readonly records: readonly LocalRecord[];
}

/**
 * Leaves nothing of a customer, and of those merged into it, but its id and the keys of its records, within the
 * transaction of the caller. It is found by nothing from then on, and no feed brings it back. Done again, it changes nothing.
 */
export async function eraseIn(tx: Queryable, id: string): Promise<Erased> {
  await takeTurn(tx);
  const family = await tx.query<{ id: string }>('select identity_family($1) as id', [id]);
  const ids = family.map((one) => one.id);
  const theirs = await tx.query<LocalRecord>('select system, key from identity_records_ever($1)', [ids]);
  const blank = statedColumns.each(
    (column, _, type) => `${column} = ${type === 'text' ? (column === 'name' ? "''" : 'null') : "'{}'"}`,
  );
  await tx.query(
    'delete from identity_facts where (system, key) in (select system, key from identity_records_ever($1))',
    [ids],
  );
  await tx.query(
    'update identity_crosswalk set valid_to = now() where customer_id = any($1) and valid_to is null',
    [ids],
  );
  for (const table of ['identity_duplicate', 'identity_verdict'])
    await tx.query(`delete from ${table} where lower = any($1) or higher = any($1)`, [ids]);
  // Those who were merged are not taken apart any more.
  await tx.query('delete from identity_merge where survivor_id = any($1) or other_id = any($1)', [ids]);
  await tx.query(
    `update identity_customer set ${blank}, blocks = null, erased_at = coalesce(erased_at, now()),
       merged_into = coalesce(merged_into, id) where id = any($1)`,
    [ids],
  );
  return { ids, records: theirs };
}

/** Those of a system's keys that were an erased customer's: nothing that is said of them is taken in. */
export async function erasedOf(
  tx: Queryable,
  system: SystemName,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ key: string }>(
    `select x.key from identity_crosswalk x join identity_customer c on c.id = x.customer_id
     where x.system = $1 and x.key = any($2::text[]) and x.valid_to is not null and c.erased_at is not null
       and not exists (select from identity_crosswalk o
         where o.system = x.system and o.key = x.key and o.valid_to is null)`,
    [system, keys],
  );
  return new Set(rows.map(({ key }) => key));
}
