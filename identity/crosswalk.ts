import { validate } from 'uuid';
import type { Queryable } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';
import { recordName, type LocalKeys, type LocalRecord, type SystemName } from './systems.ts';

/** What the register holds of one customer, besides match keys. */
export interface Registration {
  /** Of the survivor, where the customer that was asked for has been merged. */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly registeredAt: string;
  /** Its own first, the longest known of them first: of several records of one system, the first is the one that attributes are read from. */
  readonly records: readonly LocalRecord[];
}

/** Columns that `registrationsOf` reads, one row per record; `system` and `key` are null for a customer without records. */
export interface RegistrationRow {
  readonly asked: string;
  readonly id: string;
  readonly registered_at: string;
  readonly system: SystemName | null;
  readonly key: string | null;
}

/** Puts rows of one registration each together again, by what was asked for. */
export function registrationsOf(rows: readonly RegistrationRow[]): Map<string, Registration> {
  const found = new Map<string, { id: string; registeredAt: string; records: LocalRecord[] }>();
  for (const { asked, id, registered_at: registeredAt, system, key } of rows) {
    const registration = found.get(asked) ?? { id, registeredAt, records: [] };
    found.set(asked, registration);
    if (system !== null && key !== null) registration.records.push({ system, key });
  }
  return found;
}

/** The key to read each system by. */
export function keysIn(registration: Registration): LocalKeys {
  const keys: { -readonly [S in keyof LocalKeys]: LocalKeys[S] } = {};
  for (const { system, key } of registration.records) keys[system] ??= key;
  return keys;
}

/** The id in the form in which the store gives it; null for what cannot be one. */
export function customerId(text: string): string | null {
  return validate(text) ? text.toLowerCase() : null;
}

/** Whether the store can hold the text at all: it has no NUL and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The id under which a customer `c` lives on. */
export const survivor = 'case when c.merged_into is null then c.id else identity_survivor(c.merged_into) end';

/** The order of a customer's records: its own before those that came by merges, the longest known first. */
export const recordOrder = 'x.home is not null, coalesce(x.since, x.valid_from), x.system, x.key';

/** SQL that goes on a condition: the customer is one that somebody sees, by the rows at a placeholder. */
export function seenBy(customer: string, rows: string): string {
  const of = (column: string) => `${customer}.${column}`;
  return ` and identity_sees(${of('country')}, ${of('segment')}, ${of('account_owner')}, ${rows}::jsonb)`;
}

const registrationsFrom = (asked: string, seen = '') => `
  select a.asked, s.id, s.registered_at, x.system, x.key
  from (${asked}) a (asked, id)
    join identity_customer s on s.id = a.id${seen}
    left join identity_crosswalk x on x.customer_id = s.id and x.valid_to is null
  order by ${recordOrder}`;

const withIds = `
    select c.id::text, ${survivor} from identity_customer c where c.id = any($1::uuid[])`;
const byIds = registrationsFrom(withIds);
const byIdsSeen = registrationsFrom(withIds, seenBy('s', '$2'));

// A list of any length is planned anew each time, which takes longer than to read one customer.
const withId = `
    select c.id::text, ${survivor} from identity_customer c where c.id = $1::uuid`;
const byId = registrationsFrom(withId);
const byIdSeen = registrationsFrom(withId, seenBy('s', '$2'));

const ofRecords = `
    select x.system || ':' || x.key, ${survivor}
    from unnest($1::text[], $2::text[]) r (system, key)
      join identity_crosswalk x on x.system = r.system and x.key = r.key and x.valid_to is null
      join identity_customer c on c.id = x.customer_id`;
const byRecord = registrationsFrom(ofRecords);
const byRecordSeen = registrationsFrom(ofRecords, seenBy('s', '$3'));

/** The customer of each key of a system, or the last that it had; keys that nobody ever knew are absent. */
export async function holdersEver(
  db: Queryable,
  system: SystemName,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ key: string; id: string }>(
    `select distinct on (x.key) x.key, ${survivor} as id
     from identity_crosswalk x join identity_customer c on c.id = x.customer_id
     where x.system = $1 and x.key = any($2::text[])
     order by x.key, x.valid_to desc nulls first`,
    [system, keys],
  );
  return new Map(rows.map(({ key, id }) => [key, id]));
}

/** Which local record is which customer. Each call is one statement, however many are asked for. */
export interface Crosswalk {
  /**
   * By the id that was asked for; unknown and malformed ids are absent, merged ones give their survivor.
   * @param rows who is not seen by them is absent; null, or left out, for all
   */
  registrations(ids: readonly string[], rows?: Rows): Promise<ReadonlyMap<string, Registration>>;
  /** By `recordName` of the record; unknown ones are absent, and those of customers that are not seen. */
  holders(records: readonly LocalRecord[], rows?: Rows): Promise<ReadonlyMap<string, Registration>>;
  /** The systems' keys of each customer, by the id that was asked for; unknown ids are absent. */
  keysOf(ids: readonly string[]): Promise<ReadonlyMap<string, LocalKeys>>;
  /** The customer of each key of a system; unknown keys are absent. */
  idsOf(system: SystemName, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * The keys of a system that ever belonged to a customer or to one that was merged into it, and that belong to nobody
   * else now; in order.
   */
  everOf(system: SystemName, id: string): Promise<readonly string[]>;
  /** A customer and all that were merged into it. */
  familyOf(id: string, on?: Queryable): Promise<readonly string[]>;
  /** The keys of a system that belong to a customer, in order, after one of them; '' begins with the first. */
  keysAfter(system: SystemName, after: string, most: number): Promise<readonly string[]>;
}

/** The crosswalk in a store. */
export function crosswalkIn(db: Queryable): Crosswalk {
  const registrations: Crosswalk['registrations'] = async (asked, rows = null) => {
    const ids = new Map<string, string>();
    for (const text of asked) {
      const id = customerId(text);
      if (id !== null) ids.set(text, id);
    }
    if (ids.size === 0) return new Map();
    const distinct = [...new Set(ids.values())];
    const [sql, what] =
      distinct.length === 1
        ? [rows === null ? byId : byIdSeen, distinct[0]]
        : [rows === null ? byIds : byIdsSeen, distinct];
    const found = registrationsOf(
      await db.query<RegistrationRow>(sql, rows === null ? [what] : [what, rows]),
    );
    const answer = new Map<string, Registration>();
    for (const [text, id] of ids) {
      const registration = found.get(id);
      if (registration) answer.set(text, registration);
    }
    return answer;
  };
  const holders: Crosswalk['holders'] = async (records, rows = null) => {
    const storable = records.filter(({ key }) => isStorable(key));
    if (storable.length === 0) return new Map();
    const parameters = [storable.map(({ system }) => system), storable.map(({ key }) => key)];
    return registrationsOf(
      rows === null
        ? await db.query<RegistrationRow>(byRecord, parameters)
        : await db.query<RegistrationRow>(byRecordSeen, [...parameters, rows]),
    );
  };
  return {
    registrations,
    holders,
    async keysOf(ids) {
      const found = await registrations(ids);
      return new Map([...found].map(([id, registration]) => [id, keysIn(registration)]));
    },
    async idsOf(system, keys) {
      const found = await holders(keys.map((key) => ({ system, key })));
      const answer = new Map<string, string>();
      for (const key of keys) {
        const registration = found.get(recordName({ system, key }));
        if (registration) answer.set(key, registration.id);
      }
      return answer;
    },
    async everOf(system, id) {
      const rows = await db.query<{ key: string }>(
        `select key from identity_records_ever(array(select identity_family($2)))
         where system = $1`,
        [system, id],
      );
      return rows.map(({ key }) => key);
    },
    async familyOf(id, on = db) {
      const rows = await on.query<{ id: string }>('select identity_family($1) as id', [id]);
      return rows.map((row) => row.id);
    },
    async keysAfter(system, after, most) {
      const rows = await db.query<{ key: string }>(
        `select key from identity_crosswalk where system = $1 and key > $2 and valid_to is null
         order by key limit $3`,
        [system, after, most],
      );
      return rows.map(({ key }) => key);
    },
  };
}
