import { v7 } from 'uuid';
import { Failure } from '../runtime/failure.ts';
import type { Queryable } from '../runtime/db/index.ts';
import { assign, type Assignment, type Enrolment, type Known } from './assign.ts';
import { entryColumns } from './columns.ts';
import { customerId, isStorable, survivor } from './crosswalk.ts';
import type { Keying } from './keying.ts';
import { isOfRecord, type LocalRecord } from './systems.ts';

/** Longest key of a system's record, in UTF-16 units. */
const keyLimit = 255;

/** Whether the register can hold this record. */
export function isUsable(record: LocalRecord): boolean {
  const { key } = record;
  return isOfRecord(record) && key !== '' && key.length <= keyLimit && isStorable(key);
}

/**
 * Writers of the register take turns, each until its transaction ends: two that meet the same record at once would
 * otherwise make two customers of it. Reading is never held up.
 */
export async function takeTurn(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('identity register'))`);
}

/** A record of an erased customer counts as linked, so that nothing links it anew. */
const known = `
  select a.what, a.linked or (not a.linked and c.erased_at is not null) as linked, coalesce(${survivor}, c.id) as id
  from (
    select x.system || ':' || x.key, true, x.customer_id, null
    from unnest($1::text[], $2::text[]) r (system, key)
      join identity_crosswalk x on x.system = r.system and x.key = r.key and x.valid_to is null
    union all
    select x.system || ':' || x.key, false, x.customer_id, x.valid_to
    from unnest($1::text[], $2::text[]) r (system, key)
      join identity_crosswalk x on x.system = r.system and x.key = r.key and x.valid_to is not null
    union all
    select i.id::text, null, i.id, null from unnest($3::uuid[]) i (id)
  ) a (what, linked, customer_id, until)
    join identity_customer c on c.id = a.customer_id
  order by a.until`;

async function knownOf(tx: Queryable, batch: readonly Enrolment[]): Promise<Known> {
  const records = batch.flatMap(({ records: own, refersTo }) => (refersTo ? [...own, refersTo] : own));
  const rows = await tx.query<{ what: string; linked: boolean | null; id: string }>(known, [
    records.map(({ system }) => system),
    records.map(({ key }) => key),
    batch.flatMap(({ id }) => id ?? []),
  ]);
  const of = (linked: boolean | null) =>
    new Map(rows.filter((row) => row.linked === linked).map(({ what, id }) => [what, id]));
  return { ids: of(null), open: of(true), closed: of(false) };
}

const write = `
  with registered as (
    insert into identity_customer (id, ${entryColumns.names})
    select id, ${entryColumns.given('r')} from json_to_recordset($1::json) as r (id uuid, ${entryColumns.recordset})
  )
  insert into identity_crosswalk (system, key, customer_id)
  select system, key, "customerId" from json_to_recordset($2::json) as l (system text, key text, "customerId" uuid)`;

/** The enrolment with its id as the store writes it. */
function checked(enrolment: Enrolment): Enrolment {
  const { id, records, refersTo } = enrolment;
  const own = id === undefined ? undefined : customerId(id);
  if (own === null) throw new Failure('BAD_USER_INPUT', 'A given customer id must be a UUID.');
  if (own === undefined && records.length === 0) {
    throw new Failure('BAD_USER_INPUT', 'A customer to enrol needs at least one record or a given id.');
  }
  const bad = [...records, ...(refersTo ? [refersTo] : [])].find((record) => !isUsable(record));
  if (bad) {
    throw new Failure(
      'BAD_USER_INPUT',
      `A record must be of a system of record and have a key of 1 to ${keyLimit} readable characters; one of ${bad.system} has not.`,
    );
  }
  return { ...enrolment, id: own };
}

/** Enrols a batch within a transaction that has taken its turn, see `Register.enrol`; gives what was written. */
export async function enrolled(
  tx: Queryable,
  batch: readonly Enrolment[],
  keying: Keying,
): Promise<Assignment> {
  const enrolments = batch.map(checked);
  const assignment = assign(enrolments, await knownOf(tx, enrolments), keying, () => v7());
  const { registered, linked } = assignment;
  if (registered.length + linked.length > 0) {
    await tx.query(write, [JSON.stringify(registered), JSON.stringify(linked)]);
  }
  return assignment;
}
