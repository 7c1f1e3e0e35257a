import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { Decimal } from 'decimal.js';
import { contactFaultsIn, faultsIn } from '../../subgraphs/crm/validation.ts';
import { termsTable } from '../../subgraphs/erp/terms-table.ts';
import { accepted } from '../../subgraphs/erp/validation.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { recordsOf } from '../../subgraphs/seed/northwind/records.ts';
import { readNorthwind } from '../../subgraphs/seed/northwind/rows.ts';
import type { Store } from '../../subgraphs/store.ts';
import { contents, count, emptyStore } from './support.ts';

let store: Store;
const said: string[] = [];
beforeAll(async () => {
  store = await emptyStore();
  await seedNorthwind({ ...store, progress: (line) => said.push(line) });
});
afterAll(() => store.db.close());

/** The lines of the sample, read without any of the code under test. */
const lines = parse(readFileSync('samples/northwind-orders.csv'), { from_line: 2 });
const orderTotals = () => {
  const totals = new Map<string, Decimal>();
  for (const cells of lines) {
    const [id = '', freight = '0'] = [cells[0], cells[7]];
    const [price = '', quantity = '', discount = ''] = cells.slice(16);
    const line = new Decimal(price)
      .mul(quantity)
      .mul(new Decimal(1).sub(discount))
      .toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    totals.set(id, (totals.get(id) ?? new Decimal(freight)).add(line));
  }
  return totals;
};

test('all 91 customers are in the three systems and are 91 customers of the graph', async () => {
  for (const table of [
    'crm_account',
    'crm_contact',
    'erp_business_partner',
    'billing_customer',
    'identity_customer',
  ]) {
    expect([table, await count(store, table)]).toEqual([table, 91]);
  }
  expect(await count(store, 'identity_crosswalk')).toBe(3 * 91);
  expect(said.at(-1)).toBe('91 customers are in the graph.');
});

test('each order is one invoice, and the sums are those of the sample', async () => {
  const totals = orderTotals();
  expect(totals.size).toBe(830);
  expect(await count(store, 'billing_invoice')).toBe(830);
  const invoices = await store.db.query<{ number: string; total: string }>(
    `select body ->> 'number' as number, body ->> 'total' as total from billing_invoice`,
  );
  for (const { number, total } of invoices) {
    expect([number, total]).toEqual([number, totals.get(number.replace('NW-', ''))?.mul(100).toFixed(0)]);
  }
});

test('balances are what is open, some owe something, and not all do', async () => {
  const rows = await store.db.query<{ balance: string; open: string }>(
    `select c.body ->> 'balance' as balance, coalesce(sum((i.body ->> 'amount_due')::bigint), 0) as open
     from billing_customer c left join billing_invoice i on i.parent = c.key and i.body ->> 'status' = 'open'
     group by c.key, c.body`,
  );
  expect(rows.map(({ balance }) => balance)).toEqual(rows.map(({ open }) => open));
  const owing = rows.filter(({ balance }) => Number(balance) > 0).length;
  expect(owing).toBeGreaterThan(20);
  expect(owing).toBeLessThan(91);
  // Open is exactly what is due after the last day of the sample.
  const late = Date.parse('1998-05-06') / 1000;
  expect(
    await count(
      store,
      'billing_invoice',
      `body ->> 'status' = 'open' and (body ->> 'due_date')::bigint <= ${late}`,
    ),
  ).toBe(0);
  expect(
    await count(
      store,
      'billing_invoice',
      `body ->> 'status' = 'paid' and (body ->> 'due_date')::bigint > ${late}`,
    ),
  ).toBe(0);
});

test('references lead from the ERP and from billing to the account', async () => {
  expect(
    await count(
      store,
      `crm_account a join erp_business_partner p on p.external = a.key join billing_customer b on b.external = a.key`,
    ),
  ).toBe(91);
});

test('every country of the sample is known, and nothing is made up for a real company', async () => {
  const records = recordsOf(await readNorthwind());
  expect(records.filter(({ country }) => country === null)).toEqual([]);
  expect(new Set(records.map(({ country }) => country)).size).toBe(21);
  for (const { account, contact, partner, payer } of records) {
    expect([account.body.Website, account.body.Industry, contact.body.Email]).toEqual([null, null, null]);
    expect(partner.body.to_BusinessPartnerTax).toEqual([]);
    expect(payer.body.invoice_settings).toEqual({ delivery: 'post', email: null });
  }
});

test('the systems themselves would accept every record', async () => {
  for (const { account, contact, partner, payer } of recordsOf(await readNorthwind())) {
    expect([...faultsIn(account.body), ...contactFaultsIn(contact.body)]).toEqual([]);
    expect(accepted(partner.body)).not.toHaveProperty('refused');
    const { code = '', label, days_until_due } = payer.body.terms ?? {};
    expect(termsTable.get(code)).toMatchObject({
      PaymentTermsDescription: label,
      NetPaymentDays: days_until_due,
    });
  }
});

test('one customer by hand: Alfreds Futterkiste', async () => {
  const alfreds = recordsOf(await readNorthwind()).find(
    ({ account }) => account.body.AccountNumber === 'ALFKI',
  );
  expect(alfreds?.account.body).toMatchObject({
    Name: 'Alfreds Futterkiste',
    Type: 'Customer',
    Language__c: 'de_DE',
  });
  expect(alfreds?.contact.body).toMatchObject({
    Name: 'Maria Anders',
    Roles__c: ['Other'],
    MailingCountryCode: 'DE',
  });
  // Six orders: 30 days. The company was renamed, its address stayed: one shipping address.
  expect(alfreds?.partner.body).toMatchObject({ PaymentTerms: 'N030', CustomerTaxClassification: '3' });
  expect(alfreds?.partner.body.to_ShipToAddress).toHaveLength(1);
  expect(alfreds?.invoices).toHaveLength(6);
  // Order 10643 of 1997-08-25: 45.60 × 15 × 0.75 + 18 × 21 × 0.75 + 12 × 2 × 0.75 + 29.46 freight; shipped 1997-09-02.
  const first = alfreds?.invoices[0]?.body;
  expect(first).toMatchObject({ number: 'NW-10643', total: 84396, status: 'paid', amount_due: 0 });
  expect(new Date((first?.due_date ?? 0) * 1000).toISOString()).toMatch(/^1997-10-02/);
});

test('filling the store again changes nothing', async () => {
  const before = await contents(store);
  await seedNorthwind({ ...store, progress: () => undefined });
  expect(await contents(store)).toEqual(before);
});
