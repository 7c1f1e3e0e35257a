import type { Queryable } from '../runtime/db/index.ts';
import { effectiveKeys, type Stated } from './effective.ts';
import { matchKeys, type Facts, type MatchKeys } from './facts.ts';
import type { SystemName } from './systems.ts';

/** What a record of a system says now. */
export interface Statement {
  /** The system's own key. */
  readonly key: string;
  readonly facts: Facts;
}

/** NULL for a kind that is not stated and never was; empty for one that was. The row is left alone when nothing changed. */
const state = `
  with given as (
    select x.customer_id, g.key,
      coalesce(g.name, case when f.name is not null then '' end) as name,
      coalesce(g.country, case when f.country is not null then '' end) as country,
      coalesce(g."taxIds", case when f.tax_ids is not null then '{}'::text[] end) as tax_ids,
      coalesce(g.leis, case when f.leis is not null then '{}'::text[] end) as leis,
      coalesce(g.domains, case when f.domains is not null then '{}'::text[] end) as domains
    from json_to_recordset($2::json)
        as g (key text, name text, country text, "taxIds" text[], leis text[], domains text[])
      join identity_crosswalk x on x.system = $1 and x.key = g.key and x.valid_to is null
      left join identity_facts f on f.system = $1 and f.key = g.key
  ), stated as (
    insert into identity_facts as f (system, key, name, country, tax_ids, leis, domains)
    select $1, key, name, country, tax_ids, leis, domains from given
    on conflict (system, key) do update set
      (name, country, tax_ids, leis, domains) =
      (excluded.name, excluded.country, excluded.tax_ids, excluded.leis, excluded.domains)
    where (f.name, f.country, f.tax_ids, f.leis, f.domains) is distinct from
      (excluded.name, excluded.country, excluded.tax_ids, excluded.leis, excluded.domains)
    returning key
  )
  select distinct customer_id as id from given join stated using (key)`;

const current = `
  select c.id, c.name, c.country, c.tax_ids as "taxIds", c.leis, c.domains, (
    select coalesce(json_agg(json_build_object('system', f.system, 'name', f.name, 'country', f.country,
      'taxIds', f.tax_ids, 'leis', f.leis, 'domains', f.domains) order by x.valid_from, x.key), '[]')
    from identity_crosswalk x join identity_facts f on f.system = x.system and f.key = x.key
    where x.customer_id = c.id and x.valid_to is null
  ) as records
  from identity_customer c where c.id = any($1::uuid[])`;

const settle = `
  update identity_customer c
  set name = e.name, country = e.country, tax_ids = e."taxIds", leis = e.leis, domains = e.domains
  from json_to_recordset($1::json)
    as e (id uuid, name text, country text, "taxIds" text[], leis text[], domains text[])
  where c.id = e.id and (c.name, c.country, c.tax_ids, c.leis, c.domains) is distinct from
    (e.name, e.country, e."taxIds", e.leis, e.domains)`;

/** Makes the keys of customers follow what their records state now. */
async function settleKeys(tx: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await tx.query<MatchKeys & { id: string; records: Stated[] }>(current, [ids]);
  const keys = rows.map(({ id, records, ...enrolled }) => ({ id, ...effectiveKeys(enrolled, records) }));
  await tx.query(settle, [JSON.stringify(keys)]);
}

/** Replaces what records of one system state, within a transaction that has taken its turn; see `Register.refresh`. */
export async function refreshBatch(
  tx: Queryable,
  system: SystemName,
  batch: readonly Statement[],
): Promise<void> {
  // The last word counts where a record occurs twice; one statement cannot write one row twice.
  const stated = [...new Map(batch.map(({ key, facts }) => [key, matchKeys(facts)]))].map(([key, keys]) => ({
    key,
    name: keys.name || null,
    country: keys.country,
    taxIds: orNull(keys.taxIds),
    leis: orNull(keys.leis),
    domains: orNull(keys.domains),
  }));
  const touched = await tx.query<{ id: string }>(state, [system, JSON.stringify(stated)]);
  await settleKeys(
    tx,
    touched.map(({ id }) => id),
  );
}

function orNull(keys: readonly string[]): readonly string[] | null {
  return keys.length === 0 ? null : keys;
}

const close = `
  with closed as (
    update identity_crosswalk set valid_to = now()
    where system = $1 and key = any($2::text[]) and valid_to is null
    returning key
  )
  delete from identity_facts where system = $1 and key in (select key from closed)`;

/** Ends the links of records that are gone, within a transaction that has taken its turn. Their customers stay. */
export async function unlinkBatch(tx: Queryable, system: SystemName, keys: readonly string[]): Promise<void> {
  await refreshBatch(
    tx,
    system,
    keys.map((key) => ({ key, facts: {} })),
  );
  await tx.query(close, [system, keys]);
}
