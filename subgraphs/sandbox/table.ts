import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '../../runtime/db/index.ts';
import type { Where } from '../connector.ts';
import { settled, writing } from './settled.ts';

/** A record as a sandbox stores it. */
export interface Stored<Body> {
  readonly key: string;
  readonly body: Body;
  readonly version: number;
  /** ISO 8601 in UTC; grows with every change of the record. */
  readonly modified: string;
  readonly created: string;
  readonly deleted: boolean;
}

/** A record to be stored. What the table finds it by besides its key (external id, parent, order) is in the body. */
export interface Draft<Body> {
  readonly key: string;
  readonly body: Body;
}

/** Records that have changed, and the stamp up to which nothing more can come to light. */
export interface Changed<Body> {
  readonly records: readonly Stored<Body>[];
  readonly covered: string;
}

export interface Rows<Body> {
  readonly rows: readonly { readonly position: string; readonly stored: Stored<Body> }[];
  readonly total: number;
  readonly hasNext: boolean;
}

export interface Turn<Body> {
  readonly kind: string;
  readonly deleted: boolean;
  readonly changes: Partial<Body>;
}

/** What a sandbox's API knows of its database: one table for each kind of record. */
export interface Table<Body extends object> {
  read(keys: readonly string[]): Promise<readonly Stored<Body>[]>;
  byExternal(external: string): Promise<Stored<Body> | null>;
  /** The record that names this customer of the graph. */
  byCustomer(customerId: string): Promise<Stored<Body> | null>;
  /** Null where the external id, or the key, is taken. */
  insert(draft: Draft<Body>, wireKey?: string): Promise<Stored<Body> | null>;
  /** Merges `changes` into the body. `stale` where the version is not the expected one any more. */
  update(
    key: string,
    changes: Partial<Body>,
    expected?: number,
    wireKey?: string,
  ): Promise<Stored<Body> | 'missing' | 'stale'>;
  /** Null where it is removed. */
  remove(key: string, expected?: number, wireKey?: string): Promise<'missing' | 'stale' | null>;
  /**
   * Leaves nothing of a record but what `remains`, here and in the history; `gone` removes it as well. A record that was
   * removed before is erased all the same; one that is erased already stays as it is. False where there never was one.
   */
  erase(
    key: string,
    remains: Body,
    how: { readonly gone: boolean; readonly wireKey?: string | undefined },
  ): Promise<boolean>;
  /** The record of a key that was taken out of sight; null where there is none. */
  hidden(key: string): Promise<Stored<Body> | null>;
  /**
   * Takes a record out of sight, or brings one back, and merges `changes` into its body; `kind` is what the history calls
   * that. Null where there is none to be turned.
   */
  turn(key: string, turn: Turn<Body>, wireKey?: string): Promise<Stored<Body> | null>;
  /** Records in the order of (last change, key), after this place; the deleted ones as well. Never skips a late commit. */
  changedSince(since: string, afterKey: string, limit: number): Promise<Changed<Body>>;
  /** A page of rows for each parent, in the order of `sort`. */
  rowsOf(
    parents: readonly string[],
    page: { readonly first: number; readonly after: string | null; readonly where: Where },
  ): Promise<ReadonlyMap<string, Rows<Body>>>;
  /** Stores many records at once, without a trace in the history; those whose key or external id is taken stay as they are. */
  load(drafts: readonly Draft<Body>[]): Promise<void>;
}

const columns = 'key, body, version, modified, created, deleted';

/** A table made by a system's `migrations/`: the name comes from our own code, never from a caller. */
export function openTable<Body extends object>(
  db: Queryable,
  name: string,
  order: 'asc' | 'desc' = 'asc',
): Table<Body> {
  const history = (kind: string) =>
    `insert into sandbox_history (at, entity, key, kind, version, wire_key, body)
     select modified, '${name}', key, '${kind}', version, $WIRE, body from changed`;
  const recorded = (change: string, kind: string, wire: string) =>
    `with ${writing(name)}, changed as (${change} returning *), noted as (${history(kind).replace('$WIRE', wire)})
     select ${columns} from changed`;
  const first = async (sql: string, parameters: readonly unknown[]) =>
    (await db.query<Row<Body>>(sql, parameters)).map(exact)[0] ?? null;
  const by = (column: 'external' | 'customer', value: string) =>
    first(
      `select ${columns} from ${name} where ${column} = $1 and not deleted order by created, key limit 1`,
      [value],
    );
  const refused = async (key: string) => {
    const [there] = await db.query(`select 1 from ${name} where key = $1 and not deleted`, [key]);
    return there ? 'stale' : 'missing';
  };

  return {
    read: async (keys) =>
      (
        await db.query<Row<Body>>(
          `select ${columns} from ${name} where key = any($1::text[]) and not deleted`,
          [keys],
        )
      ).map(exact),

    byExternal: (external) => by('external', external),
    byCustomer: (customerId) => by('customer', customerId),

    insert: ({ key, body }, wireKey) =>
      first(
        recorded(
          `insert into ${name} (key, body) select $1::text, $2::jsonb from writing on conflict do nothing`,
          'CREATE',
          '$3',
        ),
        [key, JSON.stringify(body), wireKey ?? null],
      ),

    async update(key, changes, expected, wireKey) {
      const changed = await first(
        recorded(
          `update ${name} set body = body || $2::jsonb, version = version + 1,
             modified = greatest(clock_timestamp(), modified + interval '1 microsecond')
           from writing where key = $1 and not deleted and ($3::bigint is null or version = $3)`,
          'UPDATE',
          '$4',
        ),
        [key, JSON.stringify(changes), expected ?? null, wireKey ?? null],
      );
      return changed ?? refused(key);
    },

    async remove(key, expected, wireKey) {
      const removed = await first(
        recorded(
          `update ${name} set deleted = true, version = version + 1,
             modified = greatest(clock_timestamp(), modified + interval '1 microsecond')
           from writing where key = $1 and not deleted and ($2::bigint is null or version = $2)`,
          'DELETE',
          '$3',
        ),
        [key, expected ?? null, wireKey ?? null],
      );
      return removed ? null : refused(key);
    },

    async erase(key, remains, { gone, wireKey }) {
      const body = JSON.stringify(remains);
      await first(
        recorded(
          `update ${name} set body = $2::jsonb, deleted = deleted or $3, version = version + 1,
             modified = greatest(clock_timestamp(), modified + interval '1 microsecond')
           from writing where key = $1 and (body <> $2::jsonb or deleted < $3)`,
          gone ? 'DELETE' : 'UPDATE',
          '$4',
        ),
        [key, body, gone, wireKey ?? null],
      );
      // By a statement of its own: it is done again where the one before was the last that was done.
      await db.query(
        `update sandbox_history set body = $3::jsonb where entity = $1 and key = $2 and body <> $3::jsonb`,
        [name, key, body],
      );
      const [there] = await db.query(`select 1 from ${name} where key = $1`, [key]);
      return there !== undefined;
    },
    hidden: (key) => first(`select ${columns} from ${name} where key = $1 and deleted`, [key]),

    turn: (key, { kind, deleted, changes }, wireKey) =>
      first(
        recorded(
          `update ${name} set deleted = $2, body = body || $3::jsonb, version = version + 1,
             modified = greatest(clock_timestamp(), modified + interval '1 microsecond')
           from writing where key = $1 and deleted <> $2`,
          kind,
          '$4',
        ),
        [key, deleted, JSON.stringify(changes), wireKey ?? null],
      ),

    async changedSince(since, afterKey, limit) {
      // A clock may tick in milliseconds only: what was stamped before this call is to be before the horizon.
      await sleep(2);
      const { at } = await settled(db, name);
      const changed = await db.query<Row<Body>>(
        `select ${columns} from ${name}
         where (modified, key) > ($1::timestamptz, $2) and modified < $3::timestamptz
         order by modified, key limit $4`,
        [since, afterKey, at, limit],
      );
      return { records: changed.map(exact), covered: at };
    },

    rowsOf: (parents, page) => rowsOf(db, name, order, parents, page),

    async load(drafts) {
      await db.query(
        `with ${writing(name)} insert into ${name} (key, body)
         select key, body from writing, jsonb_to_recordset($1::jsonb) as draft (key text, body jsonb)
         on conflict do nothing`,
        [JSON.stringify(drafts)],
      );
    },
  };
}

async function rowsOf<Body extends object>(
  db: Queryable,
  name: string,
  order: 'asc' | 'desc',
  parents: readonly string[],
  page: { readonly first: number; readonly after: string | null; readonly where: Where },
): Promise<ReadonlyMap<string, Rows<Body>>> {
  // The key is what follows the last tab: what is sorted by may hold tabs itself.
  const [, sort, key] = /^(.*)\t(.*)$/s.exec(page.after ?? '') ?? [null, null, null];
  const found = await db.query<Row<Body> & { of: string; sort: string; total: string }>(
    `select asked.key as of, counted.total, row.*
     from unnest($1::text[]) as asked (key)
     cross join lateral (
       select count(*) as total from ${name} where parent = asked.key and not deleted and body @> $2::jsonb
     ) as counted
     left join lateral (
       select ${columns}, sort from ${name}
       where parent = asked.key and not deleted and body @> $2::jsonb
         and ($3::text is null or (sort, key) ${order === 'asc' ? '>' : '<'} ($3, $4))
       order by sort ${order}, key ${order} limit $5
     ) as row on true`,
    [parents, JSON.stringify(page.where), sort, key, page.first + 1],
  );
  const pages = new Map<string, Rows<Body>>();
  for (const [of, rows] of Map.groupBy(found, (row) => row.of)) {
    const present = rows.filter((row) => (row.key as string | null) !== null);
    const shown = present.slice(0, page.first).map((row) => ({
      position: `${row.sort}\t${row.key}`,
      stored: exact(row),
    }));
    pages.set(of, { rows: shown, total: Number(rows[0]?.total ?? 0), hasNext: present.length > page.first });
  }
  return pages;
}

/** A row as the store gives it: 64-bit integers are text there, and a version fits a number. */
type Row<Body> = Omit<Stored<Body>, 'version'> & { readonly version: string };

function exact<Body>(row: Row<Body>): Stored<Body> {
  return { ...row, version: Number(row.version) };
}
