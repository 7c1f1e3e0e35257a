import type { Db } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import { openTable } from '../sandbox/table.ts';
import { error, missing, root } from './answers.ts';
import type { BillingCustomer } from './customer.ts';

/**
 * Where a customer is erased. Its invoices and subscriptions stay, which say nothing of anybody but by its id; it itself
 * keeps its currency, its balance and when it was made. One that owes something is refused.
 */
export function erasureRoute(db: Db): Route {
  return {
    method: 'POST',
    path: `${root}/customers/:id/erase`,
    serve: ({ headers }, { id = '' }) =>
      db.transaction(async (tx) => {
        const [row] = await tx.query<{ body: BillingCustomer; deleted: boolean }>(
          'select body, deleted from billing_customer where key = $1 for update',
          [id],
        );
        if (!row) return missing('customer', 'id');
        if (!row.deleted && row.body.balance !== 0) return owing;
        await openTable<BillingCustomer>(tx, 'billing_customer').erase(id, remainsOf(row.body), {
          gone: true,
          wireKey: headers?.['x-request-key'],
        });
        // Answers that are given again, should their requests come again, keep their outcome and lose what they said.
        await tx.query(
          `update billing_idempotency set body = jsonb_build_object('id', $1::text) where body ->> 'id' = $1`,
          [id],
        );
        return json(200, { id, object: 'customer', deleted: true });
      }),
  };
}

function remainsOf({ currency, balance, created }: BillingCustomer): BillingCustomer {
  return {
    ...{ currency, balance, created },
    metadata: { account: null, customer: null },
    name: null,
    invoice_settings: null,
    delinquency: null,
    collection: 'closed',
    default_payment_method: null,
    bank_account: null,
    provisioning_id: null,
    business: null,
    address: null,
    terms: null,
  };
}

const owing = error(400, {
  code: 'customer_owes',
  param: 'balance',
  message: 'Invalid balance: settle what the customer owes first',
});
