import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttp, type Http } from '../../runtime/http.ts';
import { newWebhookSecret, verdictOf } from '../../runtime/signature.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { systems } from '../../subgraphs/index.ts';
import type { Sandbox } from '../../subgraphs/sandbox/api.ts';
import { startHooks } from '../../subgraphs/sandbox/hooks.ts';
import { openTable } from '../../subgraphs/sandbox/table.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { withStores } from '../support/store.ts';

const secret = newWebhookSecret();
const call = { correlationId: 'test', signal: new AbortController().signal };

interface Received {
  readonly id: string;
  readonly genuine: boolean;
  readonly body: unknown;
}

withStores((open) => {
  let db: Db;
  let http: Http;
  let server: Server;
  let received: Received[];
  let sandboxes: readonly Sandbox[];
  /** Statuses that are answered first. */
  let refusals: number[];
  let stop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    db = await open();
    const folders = ['sandbox', ...systems.map(({ name }) => name)];
    await migrate(db, await loadMigrations(folders.map((name) => `subgraphs/${name}/migrations`)));
    http = createHttp();
    sandboxes = systems.map(({ sandbox }) => sandbox(db));
    server = createServer((request, response) => {
      void textOf(request).then((text) => {
        const genuine = verdictOf([secret], request.headers, text) === 'GENUINE';
        received.push({ id: String(request.headers['webhook-id']), genuine, body: JSON.parse(text) });
        response.writeHead(refusals.shift() ?? 204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    received = [];
    refusals = [];
    await db.script(
      'truncate sandbox_hook, crm_account, crm_contact, erp_business_partner, billing_customer',
    );
  });
  afterEach(async () => {
    await stop?.();
    stop = undefined;
  });
  afterAll(async () => {
    server.close();
    await http.close();
  });

  const ask = async (name: string, request: WireRequest) => {
    const answer = await sandboxes.find((one) => one.name === name)?.wire(request, call);
    return { status: answer?.status, body: answer?.body as Readonly<Record<string, unknown>> };
  };
  const hook = (name: string) =>
    ask(name, {
      ...{ method: 'PUT', path: '/hooks' },
      body: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/here`, secret },
    });
  const start = () => {
    stop = startHooks({ db, sandboxes, send: http.send, interval: 10 });
  };
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const account = (Name: string) =>
    ask('crm', { method: 'POST', path: '/services/data/v1/sobjects/Account', body: { Name } });

  describe('each system tells what is done in it, in words that it understands itself', () => {
    const making: Readonly<Record<string, WireRequest>> = {
      crm: { method: 'POST', path: '/services/data/v1/sobjects/Account', body: { Name: 'One' } },
      erp: { method: 'POST', path: '/odata/v1/A_BusinessPartner', body: { OrganizationBPName1: 'One' } },
      billing: { method: 'POST', path: '/v1/customers', body: { name: 'One', currency: 'eur' } },
    };
    test.each(Object.entries(making))('%s', async (name, request) => {
      start();
      expect(await hook(name)).toMatchObject({ status: 200 });
      const { status, body } = await ask(name, request);
      expect(status).toBeLessThan(300);
      const key = String(body.Id ?? body.BusinessPartner ?? body.id);
      await until(() => received.length > 0);
      expect(received).toMatchObject([{ genuine: true }]);
      const [{ hinted } = { hinted: () => null }] = systems.filter((one) => one.name === name);
      expect(hinted(received[0]?.body)).toEqual([{ key, touched: [] }]);
      for (const wrong of [null, 1, [], {}, { type: 'x' }, { payload: {} }, { data: {} }])
        expect(hinted(wrong)).toBeNull();
    });
  });

  test('a row below a record is told as its record’s', async () => {
    start();
    await hook('crm');
    const { body } = await account('One');
    await ask('crm', {
      ...{ method: 'POST', path: '/services/data/v1/sobjects/Contact' },
      body: { AccountId: body.Id, Name: 'Somebody' },
    });
    await until(() => received.length > 1);
    const [crm] = systems;
    expect(crm?.hinted(received[1]?.body)).toEqual([{ key: body.Id, touched: ['contacts'] }]);
  });

  test('nothing is told of what was done before, nor of other systems', async () => {
    await account('Before');
    await hook('crm');
    await ask('erp', {
      ...{ method: 'POST', path: '/odata/v1/A_BusinessPartner' },
      body: { OrganizationBPName1: 'Other' },
    });
    const { body } = await account('After');
    start();
    await until(() => received.length > 0);
    expect(received).toHaveLength(1);
    expect(JSON.stringify(received[0]?.body)).toContain(String(body.Id));
  });

  test('a message that is not taken comes again until it is, and the next ones after it', async () => {
    await hook('crm');
    refusals = [500, 301];
    await account('One');
    await account('Two');
    start();
    await until(async () => (await ask('crm', { method: 'GET', path: '/hooks' })).body.failures === 1);
    await db.query(`update sandbox_hook set due = now()`);
    await until(() => received.length >= 2);
    await until(async () => (await ask('crm', { method: 'GET', path: '/hooks' })).body.failures === 2);
    await db.query(`update sandbox_hook set due = now()`);
    await until(() => received.length >= 4);
    const [one, again, third, two] = received.map(({ id }) => id);
    expect([again, third]).toEqual([one, one]);
    expect(two).not.toBe(one);
    expect(received.every(({ genuine }) => genuine)).toBe(true);
  });

  test('what is not committed is not told, and is told when it is', async () => {
    // On one connection nothing is looked at while a transaction is open.
    if (db.kind === 'pglite') return;
    await hook('crm');
    start();
    const written = Promise.withResolvers<undefined>();
    const commit = Promise.withResolvers<undefined>();
    const early = db.transaction(async (tx) => {
      await openTable(tx, 'crm_account').insert({ key: '001early', body: { Name: 'Early' } });
      written.resolve(undefined);
      await commit.promise;
    });
    await written.promise;
    await account('Late');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).toEqual([]);
    commit.resolve(undefined);
    await early;
    await until(() => received.length >= 2);
    expect(JSON.stringify(received[0]?.body)).toContain('001early');
  });

  test('a hook needs an address and a secret, is shown without its secret, and can be taken away', async () => {
    for (const body of [{}, { url: 'ftp://x', secret }, { url: 'http://x', secret: 'short' }, null])
      expect(await ask('crm', { method: 'PUT', path: '/hooks', body })).toMatchObject({ status: 400 });
    expect(await ask('crm', { method: 'GET', path: '/hooks' })).toMatchObject({ status: 404 });
    await hook('crm');
    const shown = await ask('crm', { method: 'GET', path: '/hooks' });
    expect(shown).toMatchObject({ status: 200, body: { failures: 0 } });
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(await ask('crm', { method: 'DELETE', path: '/hooks' })).toMatchObject({ status: 204 });
    expect(await ask('crm', { method: 'POST', path: '/hooks' })).toMatchObject({ status: 405 });
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
