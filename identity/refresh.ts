import type { Queryable } from '../runtime/db/index.ts';
import { entryColumns, entryOf, statedColumns, type StatedKeys } from './columns.ts';
import { recordOrder } from './crosswalk.ts';
import { effectiveKeys, type Stated } from './effective.ts';
import type { Facts } from './facts.ts';
import type { Keying } from './keying.ts';
import type { SystemName } from './systems.ts';

/** What a record of a system says now. */
export interface Statement {
  /** The system's own key. */
  readonly key: string;
  readonly facts: Facts;
}

const unknown = (type: string): string => (type === 'text' ? "''" : `'{}'::${type}`);

/** NULL for a kind that is not stated and never was; empty for one that was. The row is left alone when nothing changed. */
const state = `
  with given as (
    select x.customer_id, g.key,
      ${statedColumns.each((column, property, type) => `coalesce(g.${property}, case when f.${column} is not null then ${unknown(type)} end) as ${column}`)}
    from json_to_recordset($2::json) as g (key text, ${statedColumns.recordset})
      join identity_crosswalk x on x.system = $1 and x.key = g.key and x.valid_to is null
      left join identity_facts f on f.system = $1 and f.key = g.key
  ), stated as (
    insert into identity_facts as f (system, key, ${statedColumns.names})
    select $1, key, ${statedColumns.names} from given
    on conflict (system, key) do update set (${statedColumns.names}) = (${statedColumns.of('excluded')})
    where (${statedColumns.of('f')}) is distinct from (${statedColumns.of('excluded')})
    returning key
  )
  select distinct customer_id as id from given join stated using (key)`;

const current = `
  select c.id, ${statedColumns.answered('c')}, (
    select coalesce(json_agg(json_build_object('system', f.system,
      ${statedColumns.each((column, property) => `'${property.replaceAll('"', '')}', f.${column}`)})
      order by ${recordOrder}), '[]')
    from identity_crosswalk x join identity_facts f on f.system = x.system and f.key = x.key
    where x.customer_id = c.id and x.valid_to is null
  ) as records
  from identity_customer c where c.id = any($1::uuid[])`;

const settle = `
  update identity_customer c set (${entryColumns.names}) = (${entryColumns.given('e')})
  from json_to_recordset($1::json) as e (id uuid, ${entryColumns.recordset})
  where c.id = e.id and (${entryColumns.of('c')}) is distinct from (${entryColumns.given('e')})`;

/** Makes the keys of customers follow what their records state now. */
export async function settleKeys(tx: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await tx.query<StatedKeys & { id: string; records: Stated[] }>(current, [ids]);
  const keys = rows.map(({ id, records, ...enrolled }) => ({
    id,
    ...entryOf(effectiveKeys(enrolled, records)),
  }));
  await tx.query(settle, [JSON.stringify(keys)]);
}

/** Replaces what records of one system state, within a transaction that has taken its turn; see `Register.refresh`. */
export async function refreshBatch(
  tx: Queryable,
  system: SystemName,
  batch: readonly Statement[],
  keying: Keying,
): Promise<void> {
  // The last word counts where a record occurs twice; one statement cannot write one row twice.
  const stated = [...new Map(batch.map(({ key, facts }) => [key, keying(facts)]))].map(([key, keys]) => ({
    key,
    ...withoutEmpty(keys),
  }));
  const touched = await tx.query<{ id: string }>(state, [system, JSON.stringify(stated)]);
  await settleKeys(
    tx,
    touched.map(({ id }) => id),
  );
}

/** Nothing is stated by an empty value. */
function withoutEmpty(keys: StatedKeys): Partial<StatedKeys> {
  const stated = Object.entries<string | readonly string[] | null>({ ...keys });
  return Object.fromEntries(stated.filter(([, value]) => value !== null && value.length > 0));
}

const close = `
  with closed as (
    update identity_crosswalk set valid_to = now()
    where system = $1 and key = any($2::text[]) and valid_to is null
    returning key
  )
  delete from identity_facts where system = $1 and key in (select key from closed)`;

/** Ends the links of records that are gone, within a transaction that has taken its turn. Their customers stay. */
export async function unlinkBatch(
  tx: Queryable,
  system: SystemName,
  keys: readonly string[],
  keying: Keying,
): Promise<void> {
  await refreshBatch(
    tx,
    system,
    keys.map((key) => ({ key, facts: {} })),
    keying,
  );
  await tx.query(close, [system, keys]);
}
