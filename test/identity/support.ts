import { fileURLToPath } from 'node:url';
import { createIdentity, identityMigrations, type Enrolment } from '../../identity/index.ts';
import { requestContext } from '../../runtime/context.ts';
import { loadMigrations, migrate, type Db, type Queryable } from '../../runtime/db/index.ts';
import type { OpenStore } from '../support/store.ts';
import { seal } from '../support/seal.ts';

/** The store of each suite: to open one takes longer than most tests. */
const stores = new WeakMap<OpenStore, Promise<Db>>();

async function emptyStore(open: OpenStore): Promise<Db> {
  const kept = stores.get(open);
  if (kept) {
    const store = await kept;
    await store.script(
      `truncate identity_customer, identity_crosswalk, identity_facts, identity_feed, identity_tally, identity_block,
         identity_verdict, identity_duplicate, identity_merge`,
    );
    return store;
  }
  const opened = open().then(async (store) => {
    await migrate(store, await loadMigrations([fileURLToPath(identityMigrations)]));
    return store;
  });
  stores.set(open, opened);
  return opened;
}

/**
 * A store with the register's tables, empty, and the statements that were run on it, oldest first. The suite's tests have
 * it one after the other.
 */
export async function openRegister(open: OpenStore) {
  const store = await emptyStore(open);
  const statements: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
  const noting = (queryable: Queryable): Queryable => ({
    query: (sql, parameters = []) => {
      statements.push({ sql, parameters });
      return queryable.query(sql, parameters);
    },
    script: (sql) => queryable.script(sql),
  });
  const db: Db = {
    ...store,
    ...noting(store),
    transaction: (work) => store.transaction((tx) => work(noting(tx))),
  };
  return { db, identity: createIdentity({ db, seal }), statements };
}

/** A request of nobody in particular. */
export function request() {
  return requestContext({ timeout: 10_000, signal: new AbortController().signal });
}

/** A customer that three systems know, told from others by its number. */
export function customer(
  number: number,
  facts: Enrolment['facts'] = { name: `Customer ${number}` },
): Enrolment {
  return {
    records: [
      { system: 'CRM', key: `crm-${number}` },
      { system: 'ERP', key: `erp-${number}` },
      { system: 'BILLING', key: `cus_${number}` },
    ],
    facts,
  };
}

/** Rows of the register that say what it knows; times left out. */
export async function contentOf(db: Queryable) {
  return {
    customers: await db.query(
      'select id, merged_into, name, country, tax_ids, leis, domains, registered_at from identity_customer order by id',
    ),
    links: await db.query(
      'select system, key, customer_id, valid_to is null as open from identity_crosswalk order by system, key, valid_from, open',
    ),
    facts: await db.query('select * from identity_facts order by system, key'),
  };
}

/** Leaves a redirect as a merge does: the record's links go to the survivor, the old id stays. */
export async function merge(db: Db, from: string, into: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(
      `with closed as (
         update identity_crosswalk set valid_to = now() where customer_id = $1 and valid_to is null returning system, key
       ) select system, key from closed`,
      [from],
    );
    await tx.query(
      `insert into identity_crosswalk (system, key, customer_id)
       select system, key, $2::uuid from identity_crosswalk where customer_id = $1 and valid_to = now()`,
      [from, into],
    );
    await tx.query('update identity_customer set merged_into = $2 where id = $1', [from, into]);
  });
}
