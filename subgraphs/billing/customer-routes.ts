import type { Db } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import type { Stored } from '../sandbox/table.ts';
import type { WireResponse } from '../wire.ts';
import { error, list, missing, root } from './answers.ts';
import type { BillingCustomer } from './customer.ts';
import { idempotent } from './idempotency.ts';
import { billingId } from './ids.ts';
import { billingTables, held } from './tables.ts';
import { secondsOf } from './times.ts';
import { customerChanges, newCustomer } from './validation.ts';

/** Customers that one call may ask for. */
const batch = 100;

/** The billing system's API for customers. */
export function customerRoutes(db: Db): readonly Route[] {
  const once = idempotent(db);
  const { customers } = billingTables(db);

  return [
    {
      method: 'GET',
      path: `${root}/customers`,
      async serve({ query = {} }) {
        const ids = query['id[in]']?.split(',');
        const { 'metadata[account]': account, 'metadata[customer]': customer } = query;
        if (ids && ids.length > batch) return tooMany;
        if (ids) return list((await customers.read(ids)).map(customerOf));
        if (account === undefined && customer === undefined) return pageAfter(query.starting_after ?? '');
        const found =
          customer === undefined
            ? await customers.byExternal(account ?? '')
            : await customers.byCustomer(customer);
        return list(found ? [customerOf(found)] : []);
      },
    },
    {
      method: 'GET',
      path: `${root}/customers/:id`,
      async serve(_, { id = '' }) {
        const [stored] = await customers.read([id]);
        return stored ? json(200, customerOf(stored)) : noCustomer;
      },
    },
    {
      method: 'POST',
      path: `${root}/customers`,
      serve: once(async (tx, { body, headers }) => {
        const parsed = newCustomer(body);
        if ('refused' in parsed) return parsed.refused;
        const draft = { ...parsed.made, balance: 0, created: secondsOf() };
        const key = headers?.['idempotency-key'];
        const stored = await billingTables(tx).customers.insert({ key: billingId('cus'), body: draft }, key);
        if (!stored) throw new Error('a random id is taken');
        return json(200, customerOf(stored));
      }),
    },
    {
      method: 'POST',
      path: `${root}/customers/:id`,
      serve: once(async (tx, { body, headers }, { id = '' }) => {
        const present = await held(tx, id);
        if (!present) return noCustomer;
        const parsed = customerChanges(body, present.body);
        if ('refused' in parsed) return parsed.refused;
        const key = headers?.['idempotency-key'];
        const stored = await billingTables(tx).customers.update(id, parsed.changes, undefined, key);
        return typeof stored === 'string' ? noCustomer : json(200, customerOf(stored));
      }),
    },
    {
      method: 'DELETE',
      path: `${root}/customers/:id`,
      serve: ({ headers }, { id = '' }) =>
        db.transaction(async (tx) => {
          await held(tx, id);
          const refused = await billingTables(tx).customers.remove(id, undefined, headers?.['x-request-key']);
          return refused === null ? json(200, { id, object: 'customer', deleted: true }) : noCustomer;
        }),
    },
  ];

  async function pageAfter(key: string): Promise<WireResponse> {
    const keys = await db.query<{ key: string }>(
      'select key from billing_customer where key > $1 and not deleted order by key limit $2',
      [key, batch + 1],
    );
    const shown = await customers.read(keys.slice(0, batch).map((one) => one.key));
    return list(
      shown.map(customerOf).sort((a, b) => (a.id < b.id ? -1 : 1)),
      keys.length > batch,
    );
  }
}

/** A customer as the API shows it. */
export function customerOf({
  key,
  body,
  version,
  modified,
}: Pick<Stored<BillingCustomer>, 'key' | 'body' | 'version' | 'modified'>) {
  return { id: key, object: 'customer', ...body, updated: secondsOf(modified), resource_version: version };
}

const noCustomer = missing('customer', 'id');
const tooMany = error(400, {
  code: 'parameter_invalid',
  param: 'id[in]',
  message: `Invalid id[in]: at most ${batch} ids`,
});
