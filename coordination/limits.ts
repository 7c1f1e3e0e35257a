import type { Db } from '../runtime/db/index.ts';

/** What a system bears of all processes together; null is without limit. */
export interface Limit {
  readonly system: string;
  /** Writes a second; as many may come at once. */
  readonly rate: number | null;
  /** Writes at a time. */
  readonly concurrency: number | null;
}

/** Sets what systems bear, for every process of the store: these limits, and no others. */
export async function setLimits(db: Db, limits: readonly Limit[]): Promise<void> {
  await db.query(
    `with told as (
       insert into coordination_pressure as p (system, rate, burst, tokens, concurrency)
         select system, rate, case when rate is not null then greatest(rate, 1) end, greatest(rate, 1), concurrency
         from unnest($1::text[], $2::float8[], $3::int[]) told (system, rate, concurrency)
       on conflict (system) do update
         set rate = excluded.rate, burst = excluded.burst, concurrency = excluded.concurrency
       returning p.system)
     update coordination_pressure set rate = null, burst = null, concurrency = null
       where not system = any($1::text[])`,
    [
      limits.map(({ system }) => system),
      limits.map(({ rate }) => rate),
      limits.map((one) => one.concurrency),
    ],
  );
}
