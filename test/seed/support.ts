import { openDb } from '../../runtime/db/index.ts';
import { systems } from '../../subgraphs/index.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { noLinks } from '../support/links.ts';

/** An empty store in memory with everything that seeding writes to. */
export async function emptyStore(): Promise<Store> {
  return prepared(await openDb({}));
}

/** How many rows a table has. */
export async function count({ db }: Store, table: string, where = 'true'): Promise<number> {
  const [row] = await db.query<{ count: string }>(`select count(*) from ${table} where ${where}`);
  return Number(row?.count);
}

const tables = [
  'crm_account',
  'crm_contact',
  'erp_business_partner',
  'billing_customer',
  'billing_invoice',
  'billing_subscription',
];

/** Everything that the systems hold and the register links, without the times of writing. */
export async function contents({ db }: Store): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    found[table] = await db.query(`select key, body, version from ${table} order by key`);
  }
  found.crosswalk = await db.query(
    'select system, key, customer_id, valid_to from identity_crosswalk order by system, key',
  );
  found.customers = await db.query(
    'select id, name, country, tax_ids, leis, domains from identity_customer order by id',
  );
  return found;
}

/** By what the register finds customers, and what each record said of that. */
export async function register({ db }: Store) {
  return {
    customers: await db.query(
      'select id, name, country, tax_ids, leis, domains from identity_customer order by id',
    ),
    facts: await db.query(
      'select system, key, name, country, tax_ids, leis, domains from identity_facts order by system, key',
    ),
  };
}

/** Follows every feed to its end; gives how many changes each told. */
export async function follow({ db, identity, fingerprint }: Store): Promise<ReadonlyMap<string, number>> {
  const told = systems.map(async ({ system, sandbox, open }) => {
    const { feed } = open(sandbox(db).wire, {
      guard: (context, run) => run(context.signal),
      crossing: { ...noLinks, keysOf: () => Promise.resolve([]), idOf: () => Promise.resolve(null) },
      fingerprint,
      site: null,
    });
    const ended = new AbortController();
    let changes = 0;
    await identity.follow(feed, {
      signal: ended.signal,
      observe: (progress) => {
        if (progress.failure !== undefined) throw new Error('the feed failed', { cause: progress.failure });
        changes = progress.changes;
        if (progress.currentAt !== null) ended.abort();
      },
    }).done;
    return [system, changes] as const;
  });
  return new Map(await Promise.all(told));
}
