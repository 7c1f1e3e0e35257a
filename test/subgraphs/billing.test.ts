import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fingerprinterOf } from '../../events/fingerprint.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { billing as system, billingId, copies, loadBilling } from '../../subgraphs/billing/index.ts';
import { mapping } from '../../subgraphs/billing/mapping.ts';
import type { System } from '../../subgraphs/system.ts';
import { billingOver, call, openBillingStore } from './billing-store.ts';
import { customersFrom } from './subgraph.ts';
import { noLinks } from '../support/links.ts';

let db: Db;
let billing: ReturnType<typeof billingOver>;
let opened: System;
let customers: Awaited<ReturnType<typeof customersFrom>>;
const keyOf = (id: string) => billingId('cus', id);

const day = 86_400;
const issued = Date.parse('1997-08-25T00:00:00Z') / 1000;

beforeAll(async () => {
  db = await openBillingStore(() => openDb({}));
  billing = billingOver(db);
  await loadBilling(db, {
    customers: ['c1', 'c2', 'c3'].map((id) => ({
      key: keyOf(id),
      body: {
        metadata: { account: `001${id}` },
        name: `Customer ${id}`,
        currency: id === 'c3' ? 'jpy' : 'eur',
        invoice_settings: { delivery: 'e_invoice', email: 'ap@customer.example' },
        delinquency: 'final_notice',
        default_payment_method: { type: 'card', brand: 'visa', last4: '4242', exp_month: 9, exp_year: 2027 },
        bank_account: null,
        provisioning_id: null,
        business: null,
        address: null,
        terms: null,
        created: issued,
      },
    })),
    invoices: [0, 1, 2].map((i) => ({
      key: billingId('in', `c1 ${i}`),
      body: {
        customer: keyOf('c1'),
        number: `R-${i}`,
        status: i === 0 ? ('paid' as const) : ('open' as const),
        currency: 'eur',
        created: issued + i * day,
        due_date: issued + (30 + i) * day,
        paid_at: i === 0 ? issued + 40 * day : null,
        total: 81_450,
        amount_due: i === 0 ? 0 : 81_450,
      },
    })),
    subscriptions: [
      {
        key: billingId('sub', 'c1'),
        body: {
          customer: keyOf('c1'),
          plan: 'Standard',
          quantity: 3,
          unit_amount: 4900,
          currency: 'eur',
          interval: 'quarter',
          status: 'past_due',
          created: issued,
          current_period_end: issued + 90 * day,
        },
      },
    ],
  });
  opened = system.open({
    connector: billing.connector,
    guard: (context, run) => run(context.signal),
    crossing: {
      ...noLinks,
      keysOf: (_, ids) => Promise.resolve(ids.map((id) => (id.startsWith('c') ? keyOf(id) : null))),
      idOf: () => Promise.resolve(null),
    },
    fingerprint: fingerprinterOf('test'),
    site: 'https://billing.example',
  });
  customers = await customersFrom('billing', opened.resolvers);
});
beforeEach(() => {
  billing.sandbox.resetCalls();
});
afterAll(() => db.close());

test('N customers are one call to the billing system', async () => {
  const selection = `id billingCurrency balance { amount currency } dunningState provisioningId
    invoiceDelivery { channel email } paymentMethod { kind lastFour brand expires }`;
  const known = {
    dunningState: 'FINAL_NOTICE',
    provisioningId: null,
    invoiceDelivery: { channel: 'E_INVOICE', email: 'ap@customer.example' },
    paymentMethod: { kind: 'CARD', lastFour: '4242', brand: 'visa', expires: '2027-09' },
  };
  expect(await customers(['c1', 'c2', 'c3', 'c9', 'nobody'], selection)).toMatchObject([
    { id: 'c1', billingCurrency: 'EUR', balance: { amount: '1629.00', currency: 'EUR' }, ...known },
    { id: 'c2', billingCurrency: 'EUR', balance: { amount: '0.00', currency: 'EUR' }, ...known },
    { id: 'c3', billingCurrency: 'JPY', balance: { amount: '0', currency: 'JPY' }, ...known },
    { id: 'c9', billingCurrency: null, balance: null },
    { id: 'nobody', billingCurrency: null, balance: null },
  ]);
  expect(billing.sandbox.calls()).toEqual({ 'GET /v1/customers': 1 });
});

test('invoices come newest first, page by page, in one call for all customers', async () => {
  const page = (after: string) => `invoices(first: 2, after: ${after}) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { number status issuedOn dueOn paidOn total { amount } amountDue { amount currency } } } }`;
  interface Shown {
    invoices: { pageInfo: { endCursor: string } };
  }
  const [first, second] = (await customers(['c1', 'c2'], page('null'))) as Shown[];
  expect(billing.sandbox.calls()).toEqual({ 'GET /v1/invoices': 1 });
  expect(first).toMatchObject({
    invoices: {
      totalCount: 3,
      pageInfo: { hasNextPage: true },
      edges: [{ node: { number: 'R-2', paidOn: null } }, { node: { number: 'R-1' } }],
    },
  });
  expect(second).toMatchObject({ invoices: { totalCount: 0, edges: [] } });
  const cursor = JSON.stringify(first?.invoices.pageInfo.endCursor);
  expect(await customers(['c1'], page(cursor))).toMatchObject([
    {
      invoices: {
        pageInfo: { hasNextPage: false },
        edges: [
          {
            node: {
              number: 'R-0',
              status: 'PAID',
              issuedOn: '1997-08-25',
              dueOn: '1997-09-24',
              paidOn: '1997-10-04',
              total: { amount: '814.50' },
              amountDue: { amount: '0.00', currency: 'EUR' },
            },
          },
        ],
      },
    },
  ]);
});

test('lists take a state in the words of the graph', async () => {
  const selection = `invoices(status: OPEN) { totalCount }
    none: subscriptions(status: ACTIVE) { totalCount }
    subscriptions(status: PAST_DUE) { edges { node { plan quantity interval unitPrice { amount } startedAt currentPeriodEnd } } }`;
  const node = {
    ...{ plan: 'Standard', quantity: 3, interval: 'QUARTER', unitPrice: { amount: '49.00' } },
    ...{ startedAt: '1997-08-25T00:00:00Z', currentPeriodEnd: '1997-11-23T00:00:00Z' },
  };
  expect(await customers(['c1'], selection)).toMatchObject([
    { invoices: { totalCount: 2 }, none: { totalCount: 0 }, subscriptions: { edges: [{ node }] } },
  ]);
});

test('what is put through the mapping comes back as it was, and null clears', async () => {
  const key = keyOf('c2');
  const written = {
    ...mapping.invoiceDelivery.put({ channel: 'EMAIL', email: 'a@b.example' }),
    ...mapping.dunningState.put('COLLECTION'),
    ...mapping.provisioningId.put('acct-2'),
  };
  const { record } = await billing.connector.update(key, written, {}, call);
  expect(mapping.invoiceDelivery.get(record)).toEqual({ channel: 'EMAIL', email: 'a@b.example' });
  expect(mapping.dunningState.get(record)).toBe('COLLECTION');
  expect(mapping.provisioningId.get(record)).toBe('acct-2');
  const clear = { ...mapping.invoiceDelivery.put(null), ...mapping.dunningState.put(null) };
  const cleared = await billing.connector.update(key, clear, {}, call);
  expect(mapping.invoiceDelivery.get(cleared.record)).toBeNull();
  expect(mapping.dunningState.get(cleared.record)).toBeNull();
});

test('copies give back all of what their owner has', async () => {
  const values = {
    name: 'Alfreds Futterkiste',
    legalEntity: {
      ...{ registeredName: 'Alfreds Futterkiste GmbH', lei: '5493001KJTIIGC8Y1R12', country: 'DE' },
      ...{ registrationNumber: 'HRB 12345', legalForm: null },
    },
    paymentTerms: {
      ...{ code: 'D230', description: '2 % in 10 days, net 30', netDays: 30 },
      ...{ discountPercent: '2.000', discountDays: 10 },
    },
    billingAddress: {
      ...{ lines: ['Haus 3', 'Obere Str. 57'], city: 'Berlin', region: null },
      ...{ postalCode: '12209', country: 'DE' },
    },
  };
  const changes = {
    ...copies.name.put(values.name),
    ...copies.legalEntity.put(values.legalEntity),
    ...copies.paymentTerms.put(values.paymentTerms),
    ...copies.billingAddress.put(values.billingAddress),
  };
  const { record } = await billing.connector.update(keyOf('c3'), changes, {}, call);
  expect({
    name: copies.name.get(record),
    legalEntity: copies.legalEntity.get(record),
    paymentTerms: copies.paymentTerms.get(record),
    billingAddress: copies.billingAddress.get(record),
  }).toEqual(values);
});

test('the register is told whose account a customer is', async () => {
  const { changed } = await opened.feed.changes(null, call.signal);
  expect(changed.find(({ key }) => key === keyOf('c1'))).toMatchObject({
    facts: { name: 'Customer c1', domains: ['ap@customer.example'] },
    refersTo: { system: 'CRM', key: '001c1' },
  });
});
