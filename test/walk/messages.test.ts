import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { logIn } from '../../events/index.ts';
import { openHouse, type House } from '../../house.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb } from '../../runtime/db/index.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { newWebhookSecret } from '../../runtime/signature.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';

const [secret, next] = [newWebhookSecret(), newWebhookSecret()];
let house: House;
let store: Store;

beforeAll(async () => {
  store = await prepared(await openDb({}));
  await seedNorthwind({ ...store, progress: () => undefined });
  const config = readConfig({
    ...{ NODE_ENV: 'test', PORT: '0', SANDBOX_PORT: '0', FEED_INTERVAL_MS: '3600000' },
    ...{ AUTHENTICATION: 'development', AUDIT_KEY: newSealKey() },
    WEBHOOK_SECRET_ERP: `${next}, ${secret}`,
  });
  house = await openHouse(config, store, createLogger({ level: 'silent', json: true }));
});
afterAll(() => house.stop());

async function graphql(query: string): Promise<unknown> {
  const response = await fetch(`${house.url}/graphql`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ query }),
  });
  return response.json();
}
interface Told {
  readonly data: { readonly customerChanges: { readonly edges: readonly { readonly node: unknown }[] } };
}
const sandbox = (path: string, method: string, body: object, headers = {}) =>
  fetch(`${house.sandboxUrl ?? ''}/erp${path}`, { method, headers, body: JSON.stringify(body) });

test('a system that nobody asks tells by a message, and its change is in the feed with fields of the others', async () => {
  const url = `${house.url}/webhooks/erp`;
  expect((await sandbox('/hooks', 'PUT', { url, secret })).status).toBe(200);
  const edit = { CreditCheckRule: 'STRICT', CreditAccountIsBlocked: true };
  const path = '/odata/v1/A_BusinessPartner/0999000001';
  expect((await sandbox(path, 'PATCH', edit, { 'if-match': '*' })).status).toBe(200);
  const changes = `{ customerChanges { edges { node {
    kind system attributes { name owner } cause { requestId }
    customer { name creditStatus balance { currency } records { system key } }
  } } } }`;
  let edges: Told['data']['customerChanges']['edges'] = [];
  while (edges.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    ({ edges } = ((await graphql(changes)) as Told).data.customerChanges);
  }
  expect(edges).toMatchObject([
    {
      node: {
        ...{ kind: 'UPDATED', system: 'ERP', cause: null },
        attributes: [{ name: 'creditStatus', owner: 'ERP' }],
        customer: {
          ...{ creditStatus: 'BLOCKED', balance: { currency: 'USD' } },
          name: expect.any(String) as unknown,
          records: expect.arrayContaining([{ system: 'ERP', key: '0999000001' }]) as unknown,
        },
      },
    },
  ]);
});

test('writes of ours of which the system tells by messages as well are told once each, and their echoes counted', async () => {
  const [{ id } = { id: '' }] = await store.db.query<{ id: string }>(
    `select customer_id as id from identity_crosswalk where system = 'ERP' and key = '0999000002'`,
  );
  const log = logIn(store.db);
  const { position } = await log.head();
  const writes = 12;
  for (let i = 0; i < writes; i++) {
    const changes = `{ creditStatus: ${i % 2 === 0 ? 'WATCH' : 'BLOCKED'} }`;
    const input = `{ customerId: "${id}", idempotencyKey: "status ${i}", changes: ${changes} }`;
    const written = `updateCustomer(input: ${input}) { write { state } refusals { code } }`;
    expect(await graphql(`mutation { ${written} }`)).toMatchObject({
      data: { updateCustomer: { write: { state: 'SUCCEEDED' }, refusals: [] } },
    });
  }
  const waiting = async () => {
    const [row] = await store.db.query<{ count: string }>(
      `select (select count(*) from events_outbox) + (select count(*) from events_inbox)
         + (select count(*) from sandbox_hook h, sandbox_history s where s.seq > h.sent and s.entity like 'erp%') as count`,
    );
    return row?.count !== '0';
  };
  while (await waiting()) await new Promise((resolve) => setTimeout(resolve, 20));
  const changes = await log.after(position, 100);
  expect(changes.map(({ attributes }) => attributes)).toEqual(
    Array.from({ length: writes }, () => ['creditStatus']),
  );
  expect(changes.every(({ cause }) => cause !== null)).toBe(true);
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  const [, echoes] = /events_echoes_dropped_total{system="ERP"} (\d+)/.exec(metrics) ?? [];
  expect(Number(echoes)).toBeGreaterThan(0);
});

test('a message for a system without a secret is refused, and what came is to be seen in the metrics', async () => {
  const refused = await fetch(`${house.url}/webhooks/crm`, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({ code: 'NOT_FOUND' });
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  expect(metrics).toMatch(/webhooks_received_total{system="ERP",outcome="stored"} 1/);
  for (const name of ['events_inbox_waiting', 'events_inbox_oldest_seconds', 'events_unknown_records'])
    expect(metrics).toContain(`# TYPE ${name} gauge`);
});
