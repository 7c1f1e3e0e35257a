import {
  billing,
  billingId,
  loadBilling,
  type BillingCustomer,
  type BillingRows,
} from '../../subgraphs/billing/index.ts';
import { customerId, type Subject } from './connector-bench.ts';

const account = (n: number) => `001${String(n).padStart(15, '0')}`;

/** The billing as the suites of connectors and participants meet it. */
export const billingSubject: Subject<BillingCustomer, BillingRows> = {
  system: billing,
  table: 'billing_customer',
  draft: (n) => ({
    metadata: { account: account(n), customer: customerId(n) },
    name: `Alfreds Futterkiste ${n}`,
    currency: 'eur',
    invoice_settings: { delivery: 'email', email: 'invoices@alfreds.example' },
    default_payment_method: { type: 'card', brand: 'visa', last4: '4242', exp_month: 9, exp_year: 2031 },
    provisioning_id: `acct-${n}`,
    address: { lines: ['Obere Str. 57'], city: 'Berlin', state: null, postal_code: '12209', country: 'DE' },
  }),
  externalId: customerId,
  external: 'metadata',
  mandatory: ['currency'],
  change: (n) => ({ name: `Alfreds ${n}` }),
  naming: (name) => ({ name }),
  clearable: 'provisioning_id',
  refused: { invoice_settings: { delivery: 'email', email: 'nobody' } },
  unknownKey: (n) => billingId('cus', `nobody ${n}`),
  removal: (key) => ({ method: 'DELETE', path: `/v1/customers/${key}` }),
  lists: [
    {
      kind: 'invoice',
      fill: (db, parents, count) =>
        loadBilling(db, {
          customers: [],
          subscriptions: [],
          invoices: parents.flatMap((customer) =>
            Array.from({ length: count }, (_, i) => ({
              key: billingId('in', `${customer} ${i}`),
              body: {
                customer,
                number: `R-${i}`,
                status: i === 0 ? ('open' as const) : ('paid' as const),
                currency: 'eur',
                // Two at once: neither may upset the pages.
                created: 900_000_000 + Math.floor(i / 2),
                due_date: null,
                paid_at: null,
                total: 1000,
                amount_due: i === 0 ? 1000 : 0,
              },
            })),
          ),
        }),
      where: { status: 'open' },
      meets: () => 1,
    },
    {
      kind: 'subscription',
      fill: (db, parents, count) =>
        loadBilling(db, {
          customers: [],
          invoices: [],
          subscriptions: parents.flatMap((customer) =>
            Array.from({ length: count }, (_, i) => ({
              key: billingId('sub', `${customer} ${i}`),
              body: {
                customer,
                plan: 'Standard',
                quantity: 1,
                unit_amount: 4900,
                currency: 'eur',
                interval: 'month' as const,
                status: i % 2 === 0 ? ('active' as const) : ('canceled' as const),
                created: 900_000_000,
                current_period_end: null,
              },
            })),
          ),
        }),
      where: { status: 'canceled' },
      meets: (count) => Math.floor(count / 2),
    },
  ],
};
