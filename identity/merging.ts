import type { Queryable } from '../runtime/db/index.ts';
import { statedColumns } from './columns.ts';
import { takeTurn } from './enrol.ts';
import { stewardsQueue } from './matching/queue.ts';
import { verdicts } from './matching/verdicts.ts';
import { settleKeys } from './refresh.ts';
import type { LocalRecord } from './systems.ts';

/** A merge, as the register has it. */
export interface Merge {
  /** Of the workflow. */
  readonly id: string;
  readonly other: string;
  /** The customer that it was merged into; may have been merged again since. */
  readonly survivor: string;
  /** ISO 8601 in UTC. */
  readonly mergedAt: string;
}

/** Two customers become one, or one becomes two again, within a transaction of the caller. */
export interface Merging {
  /**
   * Lets `other` live on as `survivor`, which gets its records; those that are `gone` were merged by their systems and are
   * no records any more. Neither may be merged already. Done again under the same id it changes nothing.
   * @returns whether it was done now
   */
  merge(
    tx: Queryable,
    merge: Pick<Merge, 'id' | 'survivor' | 'other'> & Decided & { readonly gone: readonly LocalRecord[] },
  ): Promise<boolean>;
  /**
   * Lets a merged customer be its own again, with every record that is at home with it or with whom was merged into it;
   * those that are `back` are records again. Done again under the same id it changes nothing.
   * @param id of the workflow that takes them apart
   * @returns whether it was done now
   */
  unmerge(
    tx: Queryable,
    unmerge: { readonly id: string; readonly customer: string } & Decided & {
        readonly back: readonly LocalRecord[];
      },
  ): Promise<boolean>;
  /** The merge by which a customer lives on as another one; null where it is its own. */
  mergeOf(db: Queryable, customer: string): Promise<Merge | null>;
}

/** Who decided it, and why. */
interface Decided {
  readonly by: string;
  readonly reason: string | null;
}

export const merging: Merging = {
  async merge(tx, { id, survivor, other, gone, by, reason }) {
    await takeTurn(tx);
    const [before] = await tx.query<{ done: boolean; free: boolean; kept: object }>(
      `select exists (select from identity_merge where id = $1) as done,
         not exists (select from identity_customer where id = any($3::uuid[]) and merged_into is not null) as free,
         (select to_jsonb(k) from (select ${statedColumns.answered('c')} from identity_customer c where c.id = $2) k) as kept`,
      [id, survivor, [survivor, other]],
    );
    if (!before || before.done) return false;
    if (!before.free) throw new Error('a customer that is merged already cannot be merged');
    await closed(tx, other, gone);
    await moved(tx, [other], other, survivor);
    await tx.query('update identity_customer set merged_into = $2 where id = $1', [other, survivor]);
    await tx.query('insert into identity_merge (id, other_id, survivor_id, kept) values ($1, $2, $3, $4)', [
      ...[id, other, survivor, before.kept],
    ]);
    await settleKeys(tx, [survivor]);
    await forgetFindings(tx, other);
    await verdicts.record(tx, { one: survivor, other, verdict: 'SAME', by, reason });
    return true;
  },

  async unmerge(tx, { id, customer, back, by, reason }) {
    await takeTurn(tx);
    const [merge] = await tx.query<{ into: string; survivor: string }>(
      `update identity_merge set unmerged_at = now(), unmerged_by = $2
       where other_id = $1 and unmerged_at is null
       returning survivor_id as into, identity_survivor(survivor_id) as survivor`,
      [customer, id],
    );
    if (!merge) {
      // The same again puts right what a feed may have made of records that were not there for a moment.
      await returned(tx, customer, back);
      return false;
    }
    const below = await tx.query<{ id: string }>(
      `with recursive below (id) as (
         select $1::uuid union select c.id from below b join identity_customer c on c.merged_into = b.id
       ) select id from below`,
      [customer],
    );
    await tx.query('update identity_customer set merged_into = null where id = $1', [customer]);
    await moved(
      tx,
      below.map((one) => one.id),
      merge.survivor,
      customer,
    );
    await returned(tx, customer, back);
    // Others may have been merged into either, and been taken out of it while it lived on as another.
    await restored(tx, [merge.survivor, customer]);
    await settleKeys(tx, [merge.survivor, customer]);
    for (const other of new Set([merge.into, merge.survivor]))
      await verdicts.record(tx, { one: customer, other, verdict: 'DIFFERENT', by, reason });
    return true;
  },

  async mergeOf(db, customer) {
    const [row] = await db.query<Merge>(
      `select id, other_id as other, survivor_id as survivor, merged_at as "mergedAt" from identity_merge
       where other_id = $1 and unmerged_at is null`,
      [customer],
    );
    return row ?? null;
  },
};

/** Ends the links of records that are none any more. */
async function closed(tx: Queryable, holder: string, records: readonly LocalRecord[]): Promise<void> {
  await tx.query(
    `update identity_crosswalk x set valid_to = greatest(now(), x.valid_from)
     from unnest($2::text[], $3::text[]) r (system, key)
     where x.customer_id = $1 and x.system = r.system and x.key = r.key and x.valid_to is null`,
    [holder, ...columnsOf(records)],
  );
}

/** Gives the records that one customer holds, and that are at home with some, to another one; where they are at home stays. */
async function moved(tx: Queryable, homes: readonly string[], from: string, to: string): Promise<void> {
  const rows = await tx.query<{ system: string; key: string; home: string; since: string }>(
    `update identity_crosswalk x set valid_to = greatest(now(), x.valid_from)
     where x.customer_id = $1 and x.valid_to is null
       and ($1 = any($2::uuid[]) or coalesce(x.home, x.customer_id) = any($2::uuid[]))
     returning x.system, x.key, coalesce(x.home, x.customer_id) as home, coalesce(x.since, x.valid_from)::text as since`,
    [from, homes],
  );
  await tx.query(
    `insert into identity_crosswalk (system, key, customer_id, valid_from, home, since)
     select r.system, r.key, $1, clock_timestamp(), nullif(r.home, $1), r.since
     from jsonb_to_recordset($2::jsonb) r (system text, key text, home uuid, since timestamptz)`,
    [to, JSON.stringify(rows)],
  );
}

/** Links records to a customer that are at home there, whoever holds them. */
async function returned(tx: Queryable, customer: string, records: readonly LocalRecord[]): Promise<void> {
  const columns = columnsOf(records);
  await tx.query(
    `update identity_crosswalk x set valid_to = greatest(now(), x.valid_from)
     from unnest($2::text[], $3::text[]) r (system, key)
     where x.customer_id <> $1 and x.system = r.system and x.key = r.key and x.valid_to is null`,
    [customer, ...columns],
  );
  await tx.query(
    `insert into identity_crosswalk (system, key, customer_id, valid_from, since)
     select r.system, r.key, $1, clock_timestamp(), (
       select min(coalesce(x.since, x.valid_from)) from identity_crosswalk x
       where x.system = r.system and x.key = r.key)
     from unnest($2::text[], $3::text[]) r (system, key)
     where not exists (select from identity_crosswalk x
       where x.system = r.system and x.key = r.key and x.valid_to is null)`,
    [customer, ...columns],
  );
}

/** The match keys of survivors as they were before anything was merged into them: what their records state comes on top. */
async function restored(tx: Queryable, survivors: readonly string[]): Promise<void> {
  await tx.query(
    `update identity_customer c set (${statedColumns.names}) = (${statedColumns.given('k')})
     from (
       select distinct on (survivor_id) survivor_id as id, kept from identity_merge
       where survivor_id = any($1::uuid[]) order by survivor_id, merged_at, id) m
       cross join lateral jsonb_to_record(m.kept) k (${statedColumns.recordset})
     where c.id = m.id`,
    [survivors],
  );
}

/** Nobody is asked any more whether somebody else is the one that lives on as another. */
async function forgetFindings(tx: Queryable, other: string): Promise<void> {
  const pairs = await tx.query<{ lower: string; higher: string }>(
    'delete from identity_duplicate where lower = $1 or higher = $1 returning lower, higher',
    [other],
  );
  for (const pair of pairs) await stewardsQueue.withdraw(tx, pair, 'MERGED');
}

function columnsOf(records: readonly LocalRecord[]): readonly [systems: string[], keys: string[]] {
  return [records.map(({ system }) => system), records.map(({ key }) => key)];
}
