import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Db } from '../../runtime/db/index.ts';
import { createHttp } from '../../runtime/http.ts';
import { erpConnector } from '../../subgraphs/erp/connector.ts';
import { httpWire } from '../../subgraphs/http-wire.ts';
import { createSandbox, json, type Sandbox } from '../../subgraphs/sandbox/api.ts';
import type { FaultOrder } from '../../subgraphs/sandbox/faults.ts';
import { serveSandboxes, type SandboxServer } from '../../subgraphs/sandbox/server.ts';
import { alfreds, call, erpOver, openErpStore } from './erp-store.ts';

let db: Db;
let erp: Sandbox;
let server: SandboxServer;
const reported: unknown[] = [];
const http = createHttp();
const number = '0001000042';

beforeAll(async () => {
  db = await openErpStore();
  const opened = erpOver(db);
  erp = opened.sandbox;
  await opened.tables.partners.load([{ key: number, body: alfreds }]);
  const broken = createSandbox({
    name: 'broken',
    db,
    routes: [{ method: 'GET', path: '/boom', serve: () => Promise.reject(new Error('secret of the house')) }],
    notFound: json(404, null),
    refusals: { throttled: () => json(429, null), unavailable: () => json(503, null), stale: () => null },
  });
  server = await serveSandboxes({
    sandboxes: [erp, broken],
    host: '127.0.0.1',
    port: 0,
    report: (error) => reported.push(error),
  });
});
beforeEach(() => {
  erp.faults.set([]);
  erp.resetCalls();
});
afterAll(async () => {
  await http.close();
  await server.close();
  await db.close();
});

const overHttp = () => erpConnector(httpWire('erp', `${server.url}/erp`, http.send));
const fault = (...orders: FaultOrder[]) =>
  fetch(`${server.url}/erp/sandbox/faults`, { method: 'PUT', body: JSON.stringify(orders) });

test('a connector reads and writes over HTTP what it does in the process', async () => {
  const [here, there] = [erpConnector(erp.wire), overHttp()];
  const fields = ['OrganizationBPName1', 'to_LegalEntity'] as const;
  expect(await there.read([number, '9'], fields, call)).toEqual(await here.read([number, '9'], fields, call));
  const created = await there.create(
    { ...alfreds, OrganizationBPName1: 'Käse & Co', ExternalReference: null, YY1_CustomerId: 'a/b c%?ä' },
    {},
    call,
  );
  expect(await here.find('a/b c%?ä', call)).toEqual(created);
  expect(await there.find('a/b c%?ä', call)).toEqual(created);
  const changed = await there.update(
    created.key,
    { PaymentTerms: 'N014' },
    { ifVersion: created.version },
    call,
  );
  expect(changed).toMatchObject({ version: 'W/"2"', record: { PaymentTerms: 'N014' } });
  const feed = await there.changes(null, call);
  expect(feed.changed.map(({ key }) => key)).toContain(created.key);
  expect((await there.changes(feed.next, call)).more).toBe(false);
});

test('a call can be followed to its request and its trace, in the process and over HTTP', async () => {
  const seen: unknown[] = [];
  const listening = createSandbox({
    name: 'erp',
    db,
    routes: [
      {
        method: 'GET',
        path: '/odata/v1/A_BusinessPartner/YY1_CustomerId/:customer',
        serve: ({ headers = {} }) => {
          seen.push([headers['x-correlation-id'], headers.traceparent]);
          return Promise.resolve(json(404, null));
        },
      },
    ],
    notFound: json(404, null),
    refusals: { throttled: () => json(429, null), unavailable: () => json(503, null), stale: () => null },
  });
  const place = await serveSandboxes({
    sandboxes: [listening],
    host: '127.0.0.1',
    port: 0,
    report: (error) => reported.push(error),
  });
  const traced = { ...call, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  for (const wire of [listening.wire, httpWire('erp', `${place.url}/erp`, http.send)]) {
    await erpConnector(wire)
      .find('x', traced)
      .catch(() => undefined);
    await erpConnector(wire)
      .find('x', call)
      .catch(() => undefined);
  }
  await place.close();
  const both = [
    ['test', traced.traceparent],
    ['test', undefined],
  ];
  expect(seen).toEqual([...both, ...both]);
});

test('a lost answer of a read is lost once, it is not asked again underneath', async () => {
  await fault({ kind: 'lostAnswer' });
  await expect(overHttp().find('nobody', call)).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
  expect(Object.values(erp.calls())).toEqual([1]);
});

test('a server that is not there is an unavailable system', async () => {
  const gone = await serveSandboxes({ sandboxes: [], host: '127.0.0.1', port: 0, report: () => undefined });
  await gone.close();
  await expect(erpConnector(httpWire('erp', gone.url, http.send)).find('x', call)).rejects.toMatchObject({
    code: 'SYSTEM_UNAVAILABLE',
  });
});

test('bad requests are answered, each with its status', async () => {
  const status = async (path: string, init?: RequestInit) => (await fetch(server.url + path, init)).status;
  const query = '/erp/odata/v1/A_BusinessPartner/$query';
  expect(await status('/')).toBe(404);
  expect(await status('/sap/x')).toBe(404);
  expect(await status('/erp/odata/v1/A_Moon')).toBe(404);
  expect(await status(query, { method: 'POST', body: '{' })).toBe(400);
  expect(await status(query, { method: 'POST' })).toBe(400);
  expect(await status('/erp/odata/v1/A_BusinessPartner/%E0%A4%A')).toBe(400);
  expect(await status('/erp/odata/v1/A_BusinessPartner?LastChangeDate=yesterday')).toBe(400);
  expect(await status(query, { method: 'POST', body: 'x'.repeat(9 * 1024 * 1024) })).toBe(413);
  expect(await status('/erp/sandbox/faults', { method: 'PUT', body: '[{"kind":"earthquake"}]' })).toBe(400);
});

test('what fails inside a sandbox is reported, and not told to its caller', async () => {
  const answer = await fetch(`${server.url}/broken/boom`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret');
  expect(reported).toMatchObject([{ message: 'secret of the house' }]);
});

test('a port in use is said in one sentence', async () => {
  const port = Number(new URL(server.url).port);
  const second = serveSandboxes({ sandboxes: [], host: '127.0.0.1', port, report: () => undefined });
  await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
