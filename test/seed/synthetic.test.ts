import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stdnum } from 'stdnum';
import { contactFaultsIn, faultsIn } from '../../subgraphs/crm/validation.ts';
import { accepted } from '../../subgraphs/erp/validation.ts';
import { newCustomer } from '../../subgraphs/billing/validation.ts';
import { customerAt } from '../../subgraphs/seed/population/customer.ts';
import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import { registerCountries, registered } from '../../subgraphs/seed/population/tax-ids.ts';
import type { Store } from '../../subgraphs/store.ts';
import { batchSize, seedSynthetic, type SeedProgress } from '../../subgraphs/seed/synthetic.ts';
import { invoicesOf, payerOf } from '../../subgraphs/seed/synthetic/billing.ts';
import { accountOf, contactsOf } from '../../subgraphs/seed/synthetic/crm.ts';
import { partnerOf } from '../../subgraphs/seed/synthetic/erp.ts';
import { keysOf } from '../../subgraphs/seed/synthetic/keys.ts';
import { crmTables } from '../../subgraphs/crm/index.ts';
import { contents, count, emptyStore, follow, register } from './support.ts';

const seed = 7;
let store: Store;
const batches: SeedProgress[] = [];
beforeAll(async () => {
  store = await emptyStore();
  await seedSynthetic({ ...store, customers: 1300, seed, observe: (progress) => batches.push(progress) });
});
afterAll(() => store.db.close());

const recordsAt = (index: number) => {
  const [customer, keys] = [customerAt(seed, index), keysOf(seed, index)];
  return {
    customer,
    account: accountOf(seed, customer, keys),
    contacts: contactsOf(seed, customer, keys),
    partner: partnerOf(seed, customer, keys),
    payer: payerOf(seed, customer, keys),
    invoices: invoicesOf(seed, customer, keys),
  };
};
const many = Array.from({ length: 2000 }, (_, index) => recordsAt(index));

test('customers come in batches, and no batch is larger than stated', () => {
  expect(batches).toEqual([
    { done: batchSize, found: 0 },
    { done: 1300, found: 0 },
  ]);
});

test('every customer is in the graph once, with a record in each system but for prospects', async () => {
  expect(await count(store, 'crm_account')).toBe(1300);
  expect(await count(store, 'identity_customer')).toBe(1300);
  const buyers = many.slice(0, 1300).filter(({ customer }) => customer.stage !== 'prospect').length;
  expect(await count(store, 'erp_business_partner')).toBe(buyers);
  expect(await count(store, 'billing_customer')).toBe(buyers);
  expect(await count(store, 'identity_crosswalk')).toBe(1300 + 2 * buyers);
});

test('running again changes nothing', async () => {
  const before = await contents(store);
  expect(await seedSynthetic({ ...store, customers: 1300, seed })).toEqual({ done: 1300, found: 1300 });
  expect(await contents(store)).toEqual(before);
});

test('the same seed gives the same records elsewhere, and a part of them is the beginning of the whole', async () => {
  const other = await emptyStore();
  const stopping = new AbortController();
  const half = await seedSynthetic({
    ...other,
    customers: 5000,
    seed,
    signal: stopping.signal,
    observe: () => {
      stopping.abort();
    },
  });
  expect(half).toEqual({ done: batchSize, found: 0 });
  // Broken off, and gone on with, to another number: the batch that is there is not made again.
  expect(await seedSynthetic({ ...other, customers: 1300, seed })).toEqual({ done: 1300, found: batchSize });
  expect(await contents(other)).toEqual(await contents(store));
  await other.db.close();
});

test('what the register was told of later batches is what the feeds would have told it', async () => {
  const told = await register(store);
  expect(told.facts).toHaveLength(await count(store, 'identity_crosswalk'));
  await store.db.query('update identity_feed set cursor = null');
  await follow(store);
  expect(await register(store)).toEqual(told);
});

test('after the seeding the feeds tell what changes, and next to nothing of what was made', async () => {
  const other = await emptyStore();
  await seedSynthetic({ ...other, customers: 2001, seed });
  const last = keysOf(seed, 1500).account;
  // As any client of the CRM would do it.
  await crmTables(other.db).accounts.update(last, { Name: 'Renamed After Seeding' });
  const taken = await follow(other);
  expect(taken.get('CRM')).toBe(1);
  expect(taken.get('BILLING')).toBe(0);
  expect(await count(other, 'identity_customer', `name = 'renamed after seeding'`)).toBe(1);
  await other.db.close();
});

test('a feed that somebody follows is left to him', async () => {
  const other = await emptyStore();
  await other.db.query(
    `insert into identity_feed (system, held_by, held_until) values ('CRM', gen_random_uuid(), now() + interval '1 hour')`,
  );
  await seedSynthetic({ ...other, customers: 1001, seed });
  const feeds = await other.db.query(
    'select system, cursor is null as untold from identity_feed order by system',
  );
  expect(feeds).toEqual([
    { system: 'BILLING', untold: false },
    { system: 'CRM', untold: true },
    { system: 'ERP', untold: false },
  ]);
  await other.db.close();
});

test('another seed gives other customers, and none of their keys', async () => {
  const other = await seedSynthetic({ ...store, customers: 50, seed: seed + 1 });
  expect(other).toEqual({ done: 50, found: 0 });
  expect(await count(store, 'crm_account')).toBe(1350);
  expect(await count(store, 'identity_customer')).toBe(1350);
});

test('the systems themselves would accept every record', () => {
  for (const { account, contacts, partner, payer } of many) {
    expect([...faultsIn(account.body), ...contacts.flatMap(({ body }) => contactFaultsIn(body))]).toEqual([]);
    expect(accepted(partner.body)).not.toHaveProperty('refused');
    const parameters = Object.fromEntries(Object.entries(payer.body).filter(([name]) => name !== 'created'));
    expect(newCustomer(parameters)).not.toHaveProperty('refused');
  }
});

test.each(registerCountries)('tax ids of %s are well-formed, their check digits included', (country) => {
  const validators = Object.values(stdnum[country] ?? {});
  const ids = Array.from({ length: 100 }, (_, index) => registered(country, drawsOf(seed, 99, index)).taxId);
  // An oracle of its own: for each country one kind of number that accepts all of them.
  expect(validators.some((kind) => ids.every((id) => kind.validate(id).isValid))).toBe(true);
});

test('what one system says agrees with the others', () => {
  for (const { account, partner, payer, invoices, customer } of many) {
    expect(partner.body.ExternalReference).toBe(account.key);
    expect(payer.body.metadata.account).toBe(account.key);
    expect(payer.body.terms?.code).toBe(partner.body.PaymentTerms);
    expect(payer.body.business?.legal_name).toBe(partner.body.to_LegalEntity?.RegisteredName);
    for (const { body } of invoices) {
      expect(body.amount_due).toBe(
        body.status === 'open' || body.status === 'uncollectible' ? body.total : 0,
      );
      expect(Number.isSafeInteger(body.total) && body.total > 0).toBe(true);
      expect(body.paid_at === null || body.paid_at >= body.created).toBe(true);
    }
    expect(customer.people.length).toBeGreaterThanOrEqual(1);
    expect(customer.people.length).toBeLessThanOrEqual(5);
    expect(customer.places.length).toBeLessThanOrEqual(3);
  }
});

test('the population is varied: countries, scripts, groups with parents', () => {
  const customers = many.map(({ customer }) => customer);
  expect(new Set(customers.map(({ country }) => country.code)).size).toBeGreaterThan(25);
  for (const script of [
    /\p{Script=Latin}/u,
    /\p{Script=Han}/u,
    /\p{Script=Hangul}/u,
    /\p{Script=Greek}/u,
    /\p{Script=Cyrillic}/u,
  ]) {
    expect(customers.some(({ name }) => script.test(name))).toBe(true);
  }
  const members = customers.filter(({ standing }) => standing.parent !== null);
  expect(members.length).toBeGreaterThan(100);
  // Whoever is above comes first, so that every beginning of the population is whole.
  for (const { index, standing } of members) {
    expect(standing.parent).toBeLessThan(index);
    expect(customers[standing.head]?.stage).toBe('active');
  }
  expect(new Set(customers.map(({ domain }) => domain)).size).toBe(customers.length);
  expect(customers.every(({ domain }) => domain.endsWith('.example'))).toBe(true);
});

test('a batch whose customers did not get into the register gets there the next time', async () => {
  const other = await emptyStore();
  const { register } = other.identity;
  const broken = {
    ...other.identity,
    register: { ...register, enrol: () => Promise.reject(new Error('the machine goes down here')) },
  };
  await expect(seedSynthetic({ ...other, identity: broken, customers: 20, seed })).rejects.toThrow(
    'goes down',
  );
  expect([await count(other, 'crm_account'), await count(other, 'identity_customer')]).toEqual([20, 0]);
  expect(await seedSynthetic({ ...other, customers: 20, seed })).toEqual({ done: 20, found: 0 });
  expect([await count(other, 'crm_account'), await count(other, 'identity_customer')]).toEqual([20, 20]);
  await other.db.close();
});
