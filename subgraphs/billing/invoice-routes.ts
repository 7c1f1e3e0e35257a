import { z } from 'zod';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import { json, type Route } from '../sandbox/api.ts';
import type { Stored } from '../sandbox/table.ts';
import type { WireResponse } from '../wire.ts';
import { error, missing, root } from './answers.ts';
import type { BillingInvoice } from './customer.ts';
import { idempotent } from './idempotency.ts';
import { billingId } from './ids.ts';
import { billingTables, held, settle, type InvoiceBody } from './tables.ts';
import { secondsOf } from './times.ts';
import { checked } from './validation.ts';

const parameters = z.strictObject({
  customer: z.string(),
  number: z.string().min(1).max(60).optional(),
  status: z.enum(['draft', 'open']).default('draft'),
  created: z.int().min(0).optional(),
  due_date: z.int().min(0).nullable().default(null),
  /** Minor units of the customer's currency; negative for a credit. */
  total: z.int(),
});

/** What can be done to an invoice: in which states, and what it makes of it. */
const actions: Readonly<
  Record<
    string,
    { readonly from: readonly InvoiceBody['status'][]; readonly change: () => Partial<InvoiceBody> }
  >
> = {
  finalize: { from: ['draft'], change: () => ({ status: 'open' }) },
  pay: {
    from: ['open', 'uncollectible'],
    change: () => ({ status: 'paid', amount_due: 0, paid_at: secondsOf() }),
  },
  void: { from: ['draft', 'open', 'uncollectible'], change: () => ({ status: 'void', amount_due: 0 }) },
  mark_uncollectible: { from: ['open'], change: () => ({ status: 'uncollectible' }) },
};

/** The billing system's API for single invoices. What they change in the customer's balance, they change at once. */
export function invoiceRoutes(db: Db): readonly Route[] {
  const once = idempotent(db);
  return [
    {
      method: 'POST',
      path: `${root}/invoices`,
      serve: once((tx, { body, headers }) => {
        const draft = checked(parameters, body, (given) => ({ given }));
        return 'refused' in draft
          ? Promise.resolve(draft.refused)
          : createInvoice(tx, draft.given, headers?.['idempotency-key']);
      }),
    },
    {
      method: 'POST',
      path: `${root}/invoices/:id/:action`,
      serve: once((tx, { headers }, { id = '', action = '' }) =>
        changeInvoice(tx, id, action, headers?.['idempotency-key']),
      ),
    },
  ];
}

async function createInvoice(
  tx: Queryable,
  { customer, number, status, created = secondsOf(), due_date, total }: z.output<typeof parameters>,
  wireKey?: string,
): Promise<WireResponse> {
  const owner = await held(tx, customer);
  if (!owner) return missing('customer', 'customer');
  const key = billingId('in');
  const { currency } = owner.body;
  const body: InvoiceBody = {
    ...{ customer, number: number ?? key.slice(3).toUpperCase(), status, currency, created, due_date },
    ...{ paid_at: null, total, amount_due: total },
  };
  const stored = await billingTables(tx).invoices.insert({ key, body }, wireKey);
  if (!stored) throw new Error('a random id is taken');
  await settle(tx, owner);
  return json(200, invoiceOf(stored));
}

async function changeInvoice(
  tx: Queryable,
  id: string,
  action: string,
  wireKey?: string,
): Promise<WireResponse> {
  const { invoices } = billingTables(tx);
  const [named] = await invoices.read([id]);
  const rule = actions[action];
  if (!named || !rule) return missing('invoice', 'id');
  // Held before the invoice is looked at again: two actions on one invoice take turns.
  const owner = await held(tx, named.body.customer);
  const [invoice] = await invoices.read([id]);
  if (!owner || !invoice) return missing('invoice', 'id');
  if (!rule.from.includes(invoice.body.status)) {
    const message = `An invoice that is ${invoice.body.status} cannot be changed so: ${action}`;
    return error(400, { code: 'invoice_state', param: 'id', message });
  }
  const changed = await invoices.update(id, rule.change(), undefined, wireKey);
  if (typeof changed === 'string') return missing('invoice', 'id');
  await settle(tx, owner);
  return json(200, invoiceOf(changed));
}

function invoiceOf({ key, body }: Stored<InvoiceBody>): BillingInvoice & { readonly object: 'invoice' } {
  return { id: key, object: 'invoice', ...body };
}
