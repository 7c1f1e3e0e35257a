import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openHouse, type House } from '../../house.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb } from '../../runtime/db/index.ts';
import { newWebhookSecret } from '../../runtime/signature.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared } from '../../subgraphs/store.ts';

const [secret, next] = [newWebhookSecret(), newWebhookSecret()];
let house: House;

beforeAll(async () => {
  const store = await prepared(await openDb({}));
  await seedNorthwind({ ...store, progress: () => undefined });
  const config = readConfig({
    ...{ NODE_ENV: 'test', PORT: '0', SANDBOX_PORT: '0', FEED_INTERVAL_MS: '3600000' },
    WEBHOOK_SECRET_ERP: `${next}, ${secret}`,
  });
  house = await openHouse(config, store, createLogger({ level: 'silent', json: true }));
});
afterAll(() => house.stop());

const ask = async (query: string) => {
  const response = await fetch(`${house.url}/graphql`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ query }),
  });
  return (
    (await response.json()) as {
      readonly data: { readonly customerChanges: { readonly edges: readonly { readonly node: unknown }[] } };
    }
  ).data.customerChanges;
};
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
  let edges: readonly { readonly node: unknown }[] = [];
  while (edges.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    ({ edges } = await ask(changes));
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

test('a message for a system without a secret is refused, and what came is to be seen in the metrics', async () => {
  const refused = await fetch(`${house.url}/webhooks/crm`, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({ code: 'NOT_FOUND' });
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  expect(metrics).toMatch(/webhooks_received_total{system="ERP",outcome="stored"} 1/);
  for (const name of ['events_inbox_waiting', 'events_inbox_oldest_seconds', 'events_unknown_records'])
    expect(metrics).toContain(`# TYPE ${name} gauge`);
});
