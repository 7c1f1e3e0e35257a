import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPass } from '../../runtime/pass.ts';
import { localDeveloper } from '../../runtime/principal.ts';
import { createDatabase, onPostgres } from '../support/store.ts';
import { alfreds, alfredsNode, ask, serve, until, type Serving } from './house.ts';

const secret = 'a secret that only these tests know and that is long enough';
const page = `{ customers(first: 25) { totalCount edges { node { id name segment creditStatus taxClassification
  records { system key version } invoices(first: 3) { totalCount edges { node { number total { amount } } } } } } } }`;
const records = ['identity', 'crm', 'erp', 'billing'] as const;
const subgraphs = [...records, 'coordination', 'events'] as const;
type Name = (typeof subgraphs)[number];

onPostgres(() => {
  let shared: Readonly<Record<string, string>>;
  const apart = new Map<string, Serving>();
  const of = (name: Name | 'gateway'): Serving => {
    const found = apart.get(name);
    if (!found) throw new Error(`${name} does not run`);
    return found;
  };
  /** What the gateway said to billing. */
  const heard: IncomingHttpHeaders[] = [];
  let relay: Server;

  beforeAll(async () => {
    shared = { DATABASE_URL: await createDatabase(), DATABASE_CONNECTIONS: '4', FEED_INTERVAL_MS: '100' };
    const environment = { ...shared, PASS_SECRET: secret };
    // All at once on an empty store, as an orchestrator starts them; whoever is the CRM fills it.
    await Promise.all(
      records.map(async (name) => apart.set(name, await serve({ ...environment, ROLES: name }))),
    );
    relay = await listening(of('billing'), heard);
    const { port } = relay.address() as AddressInfo;
    const systems = {
      CRM_URL: `${of('crm').url}/crm`,
      ERP_URL: `${of('erp').url}/erp`,
      BILLING_URL: `http://127.0.0.1:${port}/billing`,
    };
    apart.set('coordination', await serve({ ...environment, ...systems, ROLES: 'coordination' }));
    // Three roles of one process, for once.
    apart.set('events', await serve({ ...environment, ROLES: 'events,audit,steward' }));
    const gateway = {
      ...environment,
      ...systems,
      ROLES: 'gateway',
      REQUEST_TIMEOUT_MS: '4000',
      BREAKER_FAILURES: '2',
      BREAKER_OPEN_MS: '300',
      STEWARD_URL: `${of('events').url}/steward`,
      IDENTITY_URL: `${of('identity').url}/identity`,
      COORDINATION_URL: `${of('coordination').url}/coordination`,
      EVENTS_URL: `${of('events').url}/events`,
      AUDIT_URL: `${of('events').url}/audit`,
    };
    apart.set('gateway', await serve(gateway));
  }, 120_000);
  afterAll(async () => {
    relay.closeAllConnections();
    relay.close();
    await Promise.all([...apart.values()].map((run) => run.kill()));
  });

  test('seven processes answer as one does', async () => {
    const answers = async (house: Serving) => [await ask(house, alfreds), await ask(house, page)];
    const fromSeven = await answers(of('gateway'));
    const one = await serve(shared);
    const fromOne = await answers(one);
    expect((await one.stop()).out).not.toContain('Filling');
    const told = ({ status, data, errors }: Awaited<ReturnType<typeof ask>>) => ({ status, data, errors });
    expect(fromSeven.map(told)).toEqual(fromOne.map(told));
    expect(fromSeven[0]).toMatchObject({
      data: { customers: { edges: [{ node: alfredsNode }] } },
      errors: [],
    });
    expect(fromSeven[1]).toMatchObject({ data: { customers: { totalCount: 91 } }, errors: [] });
  });

  test("the caller's correlation id comes back, and reaches the subgraphs", async () => {
    heard.length = 0;
    const { headers } = await ask(of('gateway'), alfreds, { 'x-correlation-id': 'the-one:42' });
    expect(headers.get('x-correlation-id')).toBe('the-one:42');
    expect(heard.length).toBeGreaterThan(0);
    for (const each of heard) expect(each).toMatchObject({ 'x-correlation-id': 'the-one:42' });
  });

  const passOf = (audience: string, key = secret) => createPass([key]).headers(audience, localDeveloper);
  const unsigned = (claims: object): string =>
    [{ alg: 'none' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');

  test.each(subgraphs)(
    '%s, called directly, admits the pass that was signed for it and no other',
    async (name) => {
      const other = name === 'crm' ? 'erp' : 'crm';
      const claims = { iss: 'customer-graph', aud: name, sub: 'me', exp: Math.floor(Date.now() / 1000) + 60 };
      const call = async (pass: Readonly<Record<string, string>>) => {
        const answer = await fetch(`${of(name).url}/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...pass },
          body: '{"query":"{ _service { sdl } }"}',
        });
        return { status: answer.status, body: await answer.json() };
      };
      const refused = { status: 401, body: { code: 'UNAUTHENTICATED' } };
      expect(await call({})).toMatchObject(refused);
      expect(await call({ authorization: 'Bearer x', 'x-internal-pass': 'x' })).toMatchObject(refused);
      expect(await call({ 'x-internal-pass': `${unsigned(claims)}.` })).toMatchObject(refused);
      expect(await call(await passOf(name, 's'.repeat(40)))).toMatchObject(refused);
      expect(await call(await passOf(other))).toMatchObject(refused);
      const asked = await fetch(`${of(name).url}/${name}?query=%7B__typename%7D`);
      expect(asked.status).toBe(401);
      expect(await call(await passOf(name))).toMatchObject({ status: 200, body: { data: { _service: {} } } });
    },
  );

  test("the gateway's own pass for one subgraph is of no use at another", async () => {
    await ask(of('gateway'), alfreds);
    const pass = heard.at(-1)?.['x-internal-pass'];
    const call = (name: Name) =>
      fetch(`${of(name).url}/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-internal-pass': String(pass) },
        body: '{"query":"{ __typename }"}',
      });
    expect((await call('billing')).status).toBe(200);
    for (const name of ['identity', 'crm', 'erp', 'coordination', 'events'] as const)
      expect((await call(name)).status).toBe(401);
  });

  const withoutErp = { ...alfredsNode, paymentTerms: null, legalEntity: null };
  const partial = {
    status: 200,
    data: { customers: { edges: [{ node: withoutErp }] } },
    errors: [
      {
        path: ['customers', 'edges', 0, 'node', 'paymentTerms'],
        extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'erp' },
      },
      {
        path: ['customers', 'edges', 0, 'node', 'legalEntity'],
        extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'erp' },
      },
    ],
  };

  test('a subgraph that hangs, then dies, costs its own attributes only, and is back after its restart', async () => {
    const { port } = of('erp');
    of('erp').signal('SIGSTOP');
    // It hangs until after the answer: nobody waited for it.
    expect(await ask(of('gateway'), alfreds)).toMatchObject(partial);

    await of('erp').kill();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(of('gateway'), alfreds)));
    for (const answer of answers) expect(answer).toMatchObject(partial);
    const others = '{ customers(first: 5) { edges { node { name balance { amount } } } } }';
    expect(await ask(of('gateway'), others)).toMatchObject({ status: 200, errors: [] });

    apart.set('erp', await serve({ ...shared, PASS_SECRET: secret, ROLES: 'erp', PORT: port }));
    await until(async () => (await ask(of('gateway'), alfreds)).errors.length === 0);
    expect(await ask(of('gateway'), alfreds)).toMatchObject({
      data: { customers: { edges: [{ node: alfredsNode }] } },
    });
  });

  test('each of them stops when it is told to', async () => {
    const ended = await Promise.all([...apart.values()].map((run) => run.stop()));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(ended.map(({ err }) => err).join('')).toBe('');
  });
});

/** A server that passes everything on to billing, and keeps the headers that it saw. */
async function listening(billing: Serving, heard: IncomingHttpHeaders[]): Promise<Server> {
  const relay = createServer((request, response) => {
    heard.push(request.headers);
    const pass = async () => {
      const answer = await fetch(`${billing.url}${request.url ?? ''}`, {
        method: request.method ?? 'POST',
        headers: Object.entries(request.headers).flatMap(([name, value]) =>
          typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
            ? [[name, value]]
            : [],
        ),
        body: await buffer(request),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    };
    pass().catch(() => response.destroy());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return relay;
}
