import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { logIn } from '../../events/index.ts';
import { openHouse, type House } from '../../house.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb } from '../../runtime/db/index.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { newWebhookSecret, signedHeaders } from '../../runtime/signature.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { openReceiver } from '../events/webhooks/receiver.ts';

const secret = newWebhookSecret();
const auditKey = newSealKey();
const secrets = [secret, ...auditKey.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))];
const logged: string[] = [];
let store: Store;
let house: House;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let id = '';

beforeAll(async () => {
  store = await prepared(await openDb({}));
  await seedNorthwind({ ...store, progress: () => undefined });
  const config = readConfig({
    ...{ NODE_ENV: 'test', AUTHENTICATION: 'development', PORT: '0', SANDBOX_PORT: '0' },
    ...{ FEED_INTERVAL_MS: '50', AUDIT_KEY: auditKey, WEBHOOK_SECRET_ERP: secret },
    WEBHOOK_ALLOW_PRIVATE: 'on',
    // A write that nobody waits for any longer would be told as pending.
    REQUEST_TIMEOUT_MS: '30000',
  });
  const logger = createLogger({ level: 'trace', json: true, write: (line) => logged.push(line) });
  house = await openHouse(config, store, logger);
  id = (await store.identity.search({ first: 1 })).edges[0]?.node.id ?? '';
  receiver = await openReceiver();
  const registered = await ask(
    'mutation ($url: String!) { registerWebhook(input: { url: $url }) { secret refusals { code } } }',
    { url: receiver.url },
  );
  secrets.push(/"secret":"(whsec_[^"]+)"/.exec(registered)?.[1] ?? 'no secret');
});
afterAll(async () => {
  await house.stop();
  await receiver.close();
});

type Headers = Readonly<Record<string, string>>;
const post = async (body: object | string, headers: Headers = {}) =>
  (
    await fetch(`${house.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  ).text();
const ask = (query: string, variables: object = {}, headers: Headers = {}) =>
  post({ query, variables }, headers);
let writes = 0;
const writing = (root: string, type: string, told: string, input: object, headers: Headers = {}) =>
  ask(
    `${root.startsWith('plan') ? 'query' : 'mutation'} ($input: ${type}!) { ${root}(input: $input) { ${told} } }`,
    { input: { customerId: id, ...input } },
    headers,
  );
const update = (changes: object, more: object = {}, headers: Headers = {}) =>
  writing(
    ...(['updateCustomer', 'UpdateCustomerInput', 'write { state } refusals { code message }'] as const),
    { idempotencyKey: `w${++writes}`, changes, ...more },
    headers,
  );
const filtered = (filter: object) =>
  ask('query ($f: CustomerFilter) { customers(first: 1, filter: $f) { totalCount } }', { f: filter });
const hook = (body: unknown, by = secret) => {
  const text = JSON.stringify(body);
  return fetch(`${house.url}/webhooks/erp`, {
    method: 'POST',
    headers: signedHeaders([by], { id: 'msg_1', at: new Date(), body: text }),
    body: text,
  });
};

const legal = (RegisteredName: string) => ({
  to_LegalEntity: {
    ...{ RegisteredName, LegalCountry: 'DE', LegalEntityIdentifier: null },
    ...{ RegistrationNumber: null, LegalForm: null },
  },
});

/** What somebody does in a system itself, of which its feed tells. */
async function edit(system: string, method: string, path: string, body: object): Promise<void> {
  const [row] = await store.db.query<{ key: string }>(
    'select key from identity_crosswalk where customer_id = $1 and system = $2',
    [id, system.toUpperCase()],
  );
  const answer = await fetch(`${house.sandboxUrl ?? ''}/${system}${path}${row?.key ?? ''}`, {
    ...{ method, body: JSON.stringify(body) },
    headers: { ...(system === 'erp' ? { 'if-match': '*' } : {}), 'idempotency-key': 'edit' },
  });
  expect(answer.status).toBe(200);
}

/** Every way by which a value comes in; `x` is a word that is nowhere else. */
const ways: readonly (readonly [way: string, come: (x: string) => Promise<unknown>])[] = [
  ['a name that is looked for', (x) => filtered({ name: x })],
  ['a tax id that is looked for', (x) => filtered({ taxId: x })],
  ['an id', (x) => ask('query ($x: ID!) { customer(id: $x) { name } }', { x })],
  ['a key', (x) => ask('query ($x: String!) { customerBy(system: CRM, key: $x) { name } }', { x })],
  ['a cursor', (x) => ask('query ($x: String) { customers(first: 1, after: $x) { totalCount } }', { x })],
  ['a literal', (x) => ask(`{ customers(first: 1, filter: { name: "${x}" }) { totalCount } }`)],
  ['a literal where none may be', (x) => ask(`{ customers(first: "${x}") { totalCount } }`)],
  ['text that is no document', (x) => ask(`{ customer(id: "${x}" `)],
  ['a field that is not there', (x) => ask(`{ ${x} }`)],
  ['a comment', (x) => ask(`{ __typename } # ${x}`)],
  [
    'a variable of another type',
    (x) => ask('query ($n: Int) { customers(first: $n) { totalCount } }', { n: x }),
  ],
  ['a variable that nobody declared', (x) => ask('{ __typename }', { x })],
  ['extensions', (x) => post({ query: '{ __typename }', extensions: { x } })],
  ['a body that is no JSON', (x) => post(`{"query": "${x}`)],
  ['a header that nobody knows', (x) => ask('{ __typename }', {}, { 'x-other': x })],
  ['a token', (x) => ask('{ __typename }', {}, { authorization: `Bearer ${x}` })],
  ['a query string', (x) => fetch(`${house.url}/graphql?query={__typename}&variables={"x":"${x}"}`)],
  ['a page that is not there', (x) => fetch(`${house.url}/${x}`)],
  ['a written name', (x) => update({ name: `Northwind ${x}` })],
  ['a written line of business', (x) => update({ industry: x })],
  ['a written web site', (x) => update({ website: `https://${x}.example` })],
  ['a written account owner', (x) => update({ accountOwner: { name: x, email: `${x}@example.com` } })],
  ['a written legal name', (x) => update({ legalEntity: { registeredName: x, country: 'DE' } })],
  [
    'a written address',
    (x) => update({ billingAddress: { lines: [x], city: 'Berlin', country: 'DE', postalCode: '10115' } }),
  ],
  [
    'a written invoice address',
    (x) => update({ invoiceDelivery: { channel: 'EMAIL', email: `${x}@example.com` } }),
  ],
  ['a written provisioning id', (x) => update({ provisioningId: x })],
  [
    'a written holder of an account',
    (x) => update({ bankAccount: { holder: x, iban: 'DE89370400440532013000' } }),
  ],
  ['a refused web site', (x) => update({ website: x })],
  ['a refused e-mail', (x) => update({ invoiceDelivery: { channel: 'EMAIL', email: x } })],
  ['a refused language', (x) => update({ language: x })],
  ['a refused tax id', (x) => update({ taxRegistrations: [{ country: 'DE', kind: 'VAT', number: x }] })],
  ['a write out of date', (x) => update({ industry: x }, { expect: [{ system: 'CRM', version: '0' }] })],
  [
    'a write out of scope',
    (x) => update({ industry: x }, {}, { 'x-principal': 'ann', 'x-scopes': 'customer:read' }),
  ],
  ['a write of a field that is not there', (x) => update({ [x]: 1 })],
  [
    'a planned write',
    (x) =>
      writing('planCustomerUpdate', 'UpdateCustomerInput', 'refusals { code message }', {
        changes: { industry: x },
      }),
  ],
  ['a forged message', (x) => hook([x], newWebhookSecret())],
  ['a message that is none', (x) => hook({ x })],
  ['an edit in the CRM', (x) => edit('crm', 'PATCH', '/services/data/v1/sobjects/Account/', { Industry: x })],
  ['an edit in the ERP', (x) => edit('erp', 'PATCH', '/odata/v1/A_BusinessPartner/', legal(x))],
  ['an edit in billing', (x) => edit('billing', 'POST', '/v1/customers/', { provisioning_id: x })],
];

/** Where values are kept on purpose, and why; the systems' own tables are left out. */
const kept: Readonly<Record<string, string>> = {
  identity_customer: 'the register looks customers up by name, site and place',
  identity_facts: 'what it knows of them by each system',
};
const theirs = /^(sandbox|crm|erp|billing)_/;

/** All that was begun has come to its end, and what was done in the systems is told. */
async function settled(position: string): Promise<void> {
  const open = async () => {
    const [row] = await store.db.query<{ count: string }>(
      `select (select count(*) from events_outbox) + (select count(*) from events_inbox) + (select count(*) from audit_pending)
         + (select count(*) from coordination_write where state in ('PENDING', 'RUNNING', 'COMPENSATING')) as count`,
    );
    const changes = await logIn(store.db).after(position, 1000);
    const edits = changes.filter(({ entityId, cause }) => entityId === id && cause === null);
    return row?.count !== '0' || new Set(edits.map(({ system }) => system)).size < 3;
  };
  while (await open()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('forty values by forty ways: none is in a log, a metric, an event, a webhook, the audit or a queue, and no secret in a log', async () => {
  expect(ways).toHaveLength(40);
  const { position } = await logIn(store.db).head();
  const marks = ways.map(([way], n) => [way, `canary${n}q`] as const);
  for (const [n, [way, come]] of ways.entries()) {
    const answer = await come(marks[n]?.[1] ?? '');
    if (way.startsWith('a written')) expect([way, answer]).toEqual([way, expect.stringMatching(accepted)]);
  }
  await settled(position);
  const told = await logIn(store.db).head();
  while (receiver.arrived.at(-1)?.event.data.position !== told.position)
    await new Promise((resolve) => setTimeout(resolve, 20));

  const places: [place: string, way: string][] = [];
  const search = (place: string, text: string): void => {
    for (const [way, mark] of marks)
      // Bytes are shown in hexadecimal.
      if (text.toLowerCase().includes(mark) || text.includes(Buffer.from(mark).toString('hex')))
        places.push([place, way]);
  };
  const tables = await store.db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  for (const { name } of tables) {
    const [row] = await store.db.query<{ all: string | null }>(
      `select string_agg(one::text, ' ') as all from "${name}" one`,
    );
    search(name, row?.all ?? '');
  }
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  search('log', logged.join(''));
  search('metrics', metrics);
  for (const { body, headers } of receiver.arrived) search('webhook', body + JSON.stringify(headers));

  // That it would be found is seen where it must be.
  const of = (wanted: RegExp) =>
    new Set(places.filter(([place]) => wanted.test(place)).map(([, way]) => way));
  expect([...of(theirs)]).toEqual(expect.arrayContaining(['a written name', 'an edit in billing']));
  for (const table of Object.keys(kept)) expect(of(new RegExp(`^${table}$`))).toContain('a written name');
  expect(logged.join('')).toContain('"correlationId"');
  expect(metrics).toContain('writes');
  const since = Number(told.position) - Number(position);
  expect(since).toBeGreaterThan(5);
  expect(receiver.arrived.length).toBeGreaterThanOrEqual(since);
  expect(secrets).toHaveLength(3);
  for (const one of secrets) expect(logged.join('') + metrics).not.toContain(one);
  expect(places.filter(([place]) => !theirs.test(place) && kept[place] === undefined)).toEqual([]);
  // Only what was written, or what a system says itself: nothing that was merely asked or refused.
  for (const way of of(/^(identity|coordination)_/)) expect(way).toMatch(/^(a written|an edit)/);
}, 60_000);

const accepted = /"state":"(SUCCEEDED|AWAITING_APPROVAL)"/;
