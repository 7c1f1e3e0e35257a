import type { Queryable } from './port.ts';

/**
 * Takes samples of what the tables hold now, in place of all that the store has taken before: it plans by values that rows
 * had, and keeps them when the rows are gone. To be called when rows must not be known any more, outside a transaction.
 *
 * A table that has no rows any more gives no new sample. The old one is thrown away where this user may, who is the
 * superuser; the embedded store's always is.
 * @returns tables of which an old sample stays
 */
export async function renewStatistics(db: Queryable): Promise<readonly string[]> {
  // Of expressions that are indexed there are samples as well; these are taken with those of their tables.
  const sampled = await db.query<{ name: string }>(
    `select distinct c.oid::regclass::text as name
     from pg_stats s join pg_namespace n on n.nspname = s.schemaname
       join pg_class i on i.relnamespace = n.oid and i.relname = s.tablename
       left join pg_index x on x.indexrelid = i.oid
       join pg_class c on c.oid = coalesce(x.indrelid, i.oid)
     where s.schemaname = any(current_schemas(false))`,
  );
  for (const { name } of sampled) await db.query(`analyze ${name}`);
  const [user] = await db.query<{ may: boolean }>(
    `select rolsuper as may from pg_roles where rolname = current_user`,
  );
  const stays: string[] = [];
  for (const { name } of sampled) {
    const [row] = await db.query<{ empty: boolean }>(`select not exists (select from ${name}) as empty`);
    if (row?.empty !== true) continue;
    if (user?.may === true)
      await db.query(
        `delete from pg_statistic where not exists (select from ${name})
           and starelid in (select $1::regclass union select indexrelid from pg_index where indrelid = $1::regclass)`,
        [name],
      );
    else stays.push(name);
  }
  return stays;
}
