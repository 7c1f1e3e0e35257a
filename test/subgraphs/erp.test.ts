import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { graphql, type GraphQLSchema } from 'graphql';
import { readFile } from 'node:fs/promises';
import { fingerprinterOf } from '../../events/fingerprint.ts';
import { requestContext } from '../../runtime/context.ts';
import type { Db } from '../../runtime/db/index.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { copies, erp as system } from '../../subgraphs/erp/index.ts';
import type { System } from '../../subgraphs/system.ts';
import { alfreds, call, erpOver, openErpStore } from './erp-store.ts';
import { noLinks } from '../support/links.ts';

let db: Db;
let erp: ReturnType<typeof erpOver>;
let opened: System;
let schema: GraphQLSchema;

beforeAll(async () => {
  db = await openErpStore();
  erp = erpOver(db);
  const name = (key: string) => `Customer ${key}`;
  const { to_BillToAddress: address } = alfreds;
  const partners = ['0001000042', '0001000043', '0001000044'].map((key) => ({
    key,
    body: {
      ...alfreds,
      ExternalReference: `001${key}`,
      OrganizationBPName1: name(key),
      to_ShipToAddress: address ? [1, 2, 3].map((gate) => ({ ...address, StreetName: `Gate ${gate}` })) : [],
      ...(key === '0001000043' ? ({ BillingStructure: 'OTHER', BillToParty: '0001000042' } as const) : {}),
    },
  }));
  await erp.tables.partners.load(partners);
  opened = system.open({
    connector: erp.connector,
    guard: (context, run) => run(context.signal),
    // The graph's id of partner 0001000042 is c42; it does not know 0001000044.
    crossing: {
      ...noLinks,
      keysOf: (_, ids) =>
        Promise.resolve(ids.map((id) => (/^c\d\d$/.test(id) ? `00010000${id.slice(1)}` : null))),
      idOf: (_, key) => Promise.resolve(key === '0001000044' ? null : `c${key.slice(-2)}`),
    },
    fingerprint: fingerprinterOf('test'),
    site: 'https://erp.example',
  });
  const sdl = await Promise.all(
    [
      'schema/link.graphql',
      'schema/governance.graphql',
      'schema/scalars.graphql',
      'subgraphs/erp/schema.graphql',
    ].map((file) => readFile(file, 'utf8')),
  );
  const systems = 'enum System { BILLING CRM ERP IDENTITY }';
  schema = buildSubgraph([...sdl, systems].join('\n'), opened.resolvers);
});
beforeEach(() => {
  erp.sandbox.resetCalls();
});
afterAll(() => db.close());

async function entities(representations: object[], selection: string): Promise<unknown[]> {
  const { data, errors } = await graphql({
    schema,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ${selection} } }`,
    variableValues: { of: representations },
    contextValue: requestContext({ timeout: 10_000, signal: call.signal }),
  });
  expect(errors).toBeUndefined();
  return (data as { _entities: unknown[] })._entities;
}
const customers = (ids: string[], selection: string) =>
  entities(
    ids.map((id) => ({ __typename: 'Customer', id })),
    `... on Customer { ${selection} }`,
  );

test('N customers are one call to the ERP, for the fields that were asked for', async () => {
  const answer = await customers(
    ['c42', 'c43', 'c44', 'c99', 'nobody'],
    'id paymentTerms { code netDays } creditLimit { amount currency }',
  );
  const known = {
    paymentTerms: { code: 'D230', netDays: 30 },
    creditLimit: { amount: '25000.00', currency: 'EUR' },
  };
  expect(answer).toMatchObject([
    { id: 'c42', ...known },
    { id: 'c43', ...known },
    { id: 'c44', ...known },
    { id: 'c99', paymentTerms: null, creditLimit: null },
    { id: 'nobody', paymentTerms: null, creditLimit: null },
  ]);
  expect(erp.sandbox.calls()).toEqual({ 'POST /odata/v1/A_BusinessPartner/$query': 1 });
});

test('tax ids and addresses come page by page', async () => {
  const page = (after: string) => `
    taxRegistrations(country: "DE", validOn: "2026-01-01", first: 1) { totalCount edges { node { number kind } } }
    shippingAddresses(first: 2, after: ${after}) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { lines } }
    }`;
  interface Shown {
    shippingAddresses: { pageInfo: { endCursor: string } };
  }
  const [first] = (await customers(['c42'], page('null'))) as Shown[];
  expect(first).toMatchObject({
    taxRegistrations: { totalCount: 2, edges: [{ node: { number: 'DE123456789', kind: 'VAT' } }] },
    shippingAddresses: {
      totalCount: 3,
      pageInfo: { hasNextPage: true },
      edges: [{ node: { lines: ['Gate 1'] } }, { node: { lines: ['Gate 2'] } }],
    },
  });
  const cursor = JSON.stringify(first?.shippingAddresses.pageInfo.endCursor);
  expect(await customers(['c42'], page(cursor))).toMatchObject([
    { shippingAddresses: { pageInfo: { hasNextPage: false }, edges: [{ node: { lines: ['Gate 3'] } }] } },
  ]);
});

test('the customer that is billed instead is reached from the billing structure', async () => {
  const structure = 'billingStructure { mode billTo { id legalEntity { registeredName } } }';
  expect(await customers(['c42', 'c43'], structure)).toMatchObject([
    { billingStructure: { mode: 'STANDALONE', billTo: null } },
    {
      billingStructure: {
        mode: 'BILLED_TO_OTHER',
        billTo: { id: 'c42', legalEntity: { registeredName: 'Alfreds Futterkiste GmbH' } },
      },
    },
  ]);
});

test('a record says its version, its age and where it is opened', async () => {
  const representation = { __typename: 'ErpRecord', key: '0001000042' };
  const [record] = await entities([representation], '... on ErpRecord { system key version updatedAt url }');
  expect(record).toEqual({
    system: 'ERP',
    key: '0001000042',
    version: 'W/"1"',
    updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    url: 'https://erp.example/odata/v1/A_BusinessPartner/0001000042',
  });
});

test('the register is told who a partner is, and of which account', async () => {
  const { changed } = await opened.feed.changes(null, call.signal);
  expect(changed.find(({ key }) => key === '0001000042')).toMatchObject({
    version: 'W/"1"',
    facts: {
      name: 'Alfreds Futterkiste GmbH',
      country: 'DE',
      taxIds: alfreds.to_BusinessPartnerTax.map((row) => row.BPTaxNumber),
      leis: ['5493001KJTIIGC8Y1R12'],
    },
    refersTo: { system: 'CRM', key: '0010001000042' },
  });
});

test('the copy of the name is the one that is printed, not the legal one', async () => {
  const renamed = await erp.connector.update('0001000044', copies.name.put('Alfreds'), {}, call);
  expect(renamed.record).toMatchObject({
    OrganizationBPName1: 'Alfreds',
    to_LegalEntity: { RegisteredName: 'Alfreds Futterkiste GmbH' },
  });
  expect(copies.name.get(renamed.record)).toBe('Alfreds');
});

test('a value that the ERP refuses is refused in its words, with its field', async () => {
  const change = { PaymentTerms: 'N031' };
  await expect(erp.connector.update('0001000044', change, {}, call)).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    message: 'The system "erp" refused: PaymentTerms must be a code of the table of payment terms.',
    extensions: { system: 'erp', field: 'PaymentTerms' },
  });
});
