import type { Queryable } from '../../runtime/db/index.ts';
import { openTable, type Draft, type Stored } from '../sandbox/table.ts';
import type { BillingCustomer, BillingInvoice, BillingSubscription } from './customer.ts';

export type InvoiceBody = Omit<BillingInvoice, 'id'>;
export type SubscriptionBody = Omit<BillingSubscription, 'id'>;

/** The tables of the billing system, in the store or in one transaction of it. */
export function billingTables(db: Queryable) {
  return {
    customers: openTable<BillingCustomer>(db, 'billing_customer'),
    invoices: openTable<InvoiceBody>(db, 'billing_invoice', 'desc'),
    subscriptions: openTable<SubscriptionBody>(db, 'billing_subscription', 'desc'),
  };
}

/** The customer, for this transaction alone; null where there is none. Taken before anything below it is written. */
export async function held(tx: Queryable, key: string): Promise<Stored<BillingCustomer> | null> {
  await tx.query('select 1 from billing_customer where key = $1 for update', [key]);
  const [stored] = await billingTables(tx).customers.read([key]);
  return stored ?? null;
}

/** Many records at once. The balance of a customer is not given: it follows from the invoices. */
export interface Load {
  readonly customers: readonly Draft<Omit<BillingCustomer, 'balance'>>[];
  readonly invoices: readonly Draft<InvoiceBody>[];
  readonly subscriptions: readonly Draft<SubscriptionBody>[];
}

/** Stores many records at once; those that are there already stay as they are. For a store of one's own. */
export async function loadBilling(tx: Queryable, load: Load): Promise<void> {
  const tables = billingTables(tx);
  await tables.invoices.load(load.invoices);
  await tables.subscriptions.load(load.subscriptions);
  const owners = [...load.customers, ...load.invoices.map(({ body }) => ({ key: body.customer }))];
  const balances = await balancesOf(tx, [...new Set(owners.map(({ key }) => key))]);
  const drafts = load.customers.map(({ key, body }) => ({
    key,
    body: { ...body, balance: balances.get(key) ?? 0 },
  }));
  await tables.customers.load(drafts);
  await tx.query(
    `update billing_customer set body = body || jsonb_build_object('balance', due.balance), version = version + 1,
       modified = greatest(clock_timestamp(), modified + interval '1 microsecond')
     from unnest($1::text[], $2::bigint[]) as due (key, balance)
     where billing_customer.key = due.key and (body ->> 'balance')::bigint <> due.balance`,
    [[...balances.keys()], [...balances.values()]],
  );
}

/** What open invoices leave to be paid, in minor units, by customer; a customer without any is left out. */
async function balancesOf(db: Queryable, customers: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const due = await db.query<{ parent: string; balance: string }>(
    `select parent, sum((body ->> 'amount_due')::bigint) as balance from billing_invoice
     where parent = any($1::text[]) and not deleted and body ->> 'status' = 'open' group by parent`,
    [customers],
  );
  return new Map(due.map(({ parent, balance }) => [parent, Number(balance)]));
}

/** Brings the balance of a held customer to what its open invoices leave to be paid. */
export async function settle(tx: Queryable, { key, body }: Stored<BillingCustomer>): Promise<void> {
  const balance = (await balancesOf(tx, [key])).get(key) ?? 0;
  if (!Number.isSafeInteger(balance)) throw new RangeError('a balance is beyond 2^53 minor units');
  if (balance !== body.balance) await billingTables(tx).customers.update(key, { balance });
}
