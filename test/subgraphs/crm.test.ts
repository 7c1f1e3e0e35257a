import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fingerprinterOf } from '../../events/fingerprint.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../runtime/db/index.ts';
import { attributes } from '../../schema/generated/contracts.ts';
import type { Call, Connector } from '../../subgraphs/connector.ts';
import { crm as system, crmId, type Account, type AccountRows } from '../../subgraphs/crm/index.ts';
import { isCrmId } from '../../subgraphs/crm/ids.ts';
import { mapping } from '../../subgraphs/crm/mapping.ts';
import type { Sandbox } from '../../subgraphs/sandbox/api.ts';
import type { System } from '../../subgraphs/system.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { customersFrom } from './subgraph.ts';
import { noLinks } from '../support/links.ts';

const call: Call = { correlationId: 'test', signal: new AbortController().signal };
let db: Db;
let sandbox: Sandbox;
let connector: Connector<Account, AccountRows>;
let opened: System;
let customers: Awaited<ReturnType<typeof customersFrom>>;
/** The graph's ids are the account numbers; it does not know those that begin with x. */
const numbers = new Map<string, string>();

const create = async (number: string, account: Partial<Account> = {}) => {
  const made = await connector.create(
    { AccountNumber: number, Customer_Id__c: `customer ${number}`, Name: `Customer ${number}`, ...account },
    {},
    call,
  );
  if (!number.startsWith('x')) numbers.set(number, made.key);
  return made.key;
};
const api = (method: WireRequest['method'], path: string, body?: unknown) =>
  sandbox.wire({ method, path: `/services/data/v1/sobjects${path}`, body }, call);

beforeAll(async () => {
  db = await openDb({});
  await migrate(db, await loadMigrations(['subgraphs/sandbox/migrations', 'subgraphs/crm/migrations']));
  sandbox = system.sandbox(db);
  connector = system.connect(sandbox.wire);
  opened = system.open({
    connector,
    guard: (context, run) => run(context.signal),
    crossing: {
      ...noLinks,
      keysOf: (_, ids) => Promise.resolve(ids.map((id) => numbers.get(id) ?? null)),
      idOf: (_, key) => Promise.resolve([...numbers].find((entry) => entry[1] === key)?.[0] ?? null),
    },
    fingerprint: fingerprinterOf('test'),
    site: 'https://crm.example',
  });
  customers = await customersFrom('crm', opened.resolvers);
  const top = await create('top', {
    Customer_Segment__c: 'Mid-Market',
    Type: 'Customer - On Hold',
    Language__c: 'de_AT',
    Sales_Channels__c: ['Web', 'Phone'],
    Owner: { Name: 'Nancy Davolio', Email: null },
  });
  for (const number of ['a', 'b', 'xc']) await create(number, { ParentId: top });
  const contact = { AccountId: top, Roles__c: ['Buyer'], HasOptedOutOfEmail: true, DoNotCall: false };
  for (const Name of ['Maria', 'Ana', 'Thomas']) await api('POST', '/Contact', { ...contact, Name });
});
beforeEach(() => {
  sandbox.resetCalls();
});
afterAll(() => db.close());

test('N customers are one call to the CRM', async () => {
  const selection = 'id name segment lifecycleStatus language channels accountOwner { name email }';
  expect(await customers(['top', 'a', 'nobody'], selection)).toMatchObject([
    {
      ...{ id: 'top', name: 'Customer top', segment: 'MID_MARKET', lifecycleStatus: 'ON_HOLD' },
      ...{ language: 'de-AT', channels: ['WEB', 'PHONE'] },
      accountOwner: { name: 'Nancy Davolio', email: null },
    },
    { id: 'a', segment: null, lifecycleStatus: 'PROSPECT', channels: null, accountOwner: null },
    { id: 'nobody', name: null },
  ]);
  expect(sandbox.calls()).toEqual({ 'POST /services/data/v1/composite/sobjects/Account': 1 });
});

test('the group is walked up and down; an account that the graph does not know is left out', async () => {
  expect(await customers(['a'], 'parent { id name children { edges { node { id name } } } }')).toMatchObject([
    {
      parent: {
        id: 'top',
        name: 'Customer top',
        children: { edges: [{ node: { id: 'a' } }, { node: { id: 'b', name: 'Customer b' } }] },
      },
    },
  ]);
});

test('people come page by page, with their roles and what they agreed to', async () => {
  const selection = `contacts(first: 2, role: BUYER) {
    totalCount pageInfo { hasNextPage } edges { node { name roles consent { email phone } } } }`;
  const node = { roles: ['BUYER'], consent: { email: 'DENIED', phone: 'GRANTED' } };
  expect(await customers(['top'], selection)).toMatchObject([
    {
      contacts: {
        totalCount: 3,
        pageInfo: { hasNextPage: true },
        edges: [{ node: { ...node, name: 'Ana' } }, { node: { ...node, name: 'Maria' } }],
      },
    },
  ]);
  const none = 'contacts(role: TECHNICAL) { totalCount }';
  expect(await customers(['top'], none)).toMatchObject([{ contacts: { totalCount: 0 } }]);
});

test('what is put through the mapping comes back as it was, and null clears', async () => {
  const written = {
    ...mapping.segment.put('PUBLIC_SECTOR'),
    ...mapping.language.put('fr-CA'),
    ...mapping.channels.put(['DIRECT']),
    ...mapping.accountOwner.put({ name: 'Robert King', email: 'r@example.com' }),
  };
  const key = numbers.get('b') ?? '';
  const { record } = await connector.update(key, written, {}, call);
  expect(mapping.segment.get(record)).toBe('PUBLIC_SECTOR');
  expect(mapping.language.get(record)).toBe('fr-CA');
  expect(mapping.channels.get(record)).toEqual(['DIRECT']);
  expect(mapping.accountOwner.get(record)).toEqual({ name: 'Robert King', email: 'r@example.com' });
  const cleared = await connector.update(key, { ...mapping.language.put(null) }, {}, call);
  expect(mapping.language.get(cleared.record)).toBeNull();
});

test('the lifecycle is not for callers to write, and the day of creation for nobody', () => {
  expect(attributes.Customer.lifecycleStatus).not.toHaveProperty('write');
  expect(mapping.createdAt).not.toHaveProperty('put');
});

test.each([
  [{ Name: '' }, 'Name'],
  [{ Name: null }, 'Name'],
  [{ Customer_Segment__c: 'Huge' }, 'Customer_Segment__c'],
  [{ Website: 'not a web address' }, 'Website'],
  [{ Language__c: 'de-AT' }, 'Language__c'],
  [{ Sales_Channels__c: ['Fax'] }, 'Sales_Channels__c'],
  [{ ParentId: crmId('001', 'nobody') }, 'ParentId'],
  [{ CreatedDate: '2026-01-01T00:00:00Z' }, 'CreatedDate'],
])('%j is refused, and the field is named', async (changes, field) => {
  const answer = await api('PATCH', `/Account/${numbers.get('b')}`, changes);
  expect(answer).toMatchObject({ status: 400, body: [{ fields: [field] }] });
});

test('an account needs a name, and is not its own parent', async () => {
  expect((await api('POST', '/Account', { Phone: '1' })).body).toMatchObject([{ fields: ['Name'] }]);
  const key = numbers.get('b') ?? '';
  expect((await api('PATCH', `/Account/${key}`, { ParentId: key })).status).toBe(400);
});

test('an account is not former while one below is not', async () => {
  const top = await create('xtop');
  const below = await create('xbelow', { ParentId: top });
  const former = (key: string) => api('PATCH', `/Account/${key}`, { Type: 'Former Customer' });
  expect(await former(top)).toMatchObject({ status: 400, body: [{ fields: ['Type'] }] });
  expect(await former(below)).toMatchObject({ status: 200 });
  expect(await former(top)).toMatchObject({ status: 200 });
});

test('the number of a deleted account can be given again', async () => {
  const key = await create('xnumber');
  await expect(create('xnumber')).rejects.toMatchObject({ code: 'DUPLICATE' });
  await api('DELETE', `/Account/${key}`);
  expect(await connector.find('customer xnumber', call)).toBeNull();
  const again = await create('xnumber');
  expect((await connector.find('customer xnumber', call))?.key).toBe(again);
});

test('a person who changes moves the account in the feed, whole', async () => {
  const drained = async (since: string | null) => {
    for (let place = since; ;) {
      const { changed, next, more } = await connector.changes(place, call);
      place = next;
      if (!more) return { changed, next };
    }
  };
  const { next } = await drained(null);
  const key = numbers.get('top') ?? '';
  await api('POST', '/Contact', { AccountId: key, Name: 'New', Roles__c: [] });
  const names = Object.keys((await connector.find('customer top', call))?.record ?? {}) as (keyof Account)[];
  const account = (await connector.read([key], names, call)).get(key);
  expect((await drained(next)).changed).toEqual([{ ...account, moved: ['Contact'] }]);
});

test('ids are 18 characters that check themselves, the same for the same seed', () => {
  const id = crmId('001', 'seed');
  expect(id).toBe(crmId('001', 'seed'));
  expect(id).toMatch(/^001[a-zA-Z0-9]{15}$/);
  expect(crmId('001')).not.toBe(crmId('001'));
  expect(isCrmId(id)).toBe(true);
  expect(isCrmId(id.toLowerCase())).toBe(false);
});
