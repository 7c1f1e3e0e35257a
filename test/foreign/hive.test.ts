import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { changes, type Told } from '../../clients/changes.ts';
import { captureInto } from '../../events/index.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { draftOf } from '../events/telling.ts';
import { rude } from '../gateway/stream/rude.ts';
import { transports } from '../gateway/stream/served.ts';
import { ask, serve, until, type Serving } from '../house/house.ts';
import { run, type Run } from '../house/run.ts';
import { createDatabase, onPostgres } from '../support/store.ts';
import type { HiveSettings } from './hive.ts';

const root = join(import.meta.dirname, '../..');
const secret = 'a secret that only this test knows and that is long enough';

/** A change with what the CRM, the ERP and billing know, as one message. */
const query = `subscription ($after: String) { customerChanged(after: $after) {
  cursor position attributes { name owner } customer { name paymentTerms { netDays } balance { amount currency } } } }`;
const customer = {
  name: 'Alfreds Futterkiste',
  paymentTerms: { netDays: 30 },
  balance: { amount: '934.71', currency: 'USD' },
};

if (existsSync(join(root, 'bench/node_modules/@graphql-hive/gateway-runtime'))) onPostgres(suite);
else {
  process.stderr.write(
    'not run: Hive Gateway in front of the subgraphs (node bench/install.js installs it)\n',
  );
  test.skip('Hive Gateway in front of the subgraphs', () => undefined);
}

function suite(): void {
  let db: Db;
  let environment: Readonly<Record<string, string>>;
  let systems: Serving;
  let events: Serving;
  let hive: Run;
  let url: string;
  let id: string;

  const startHive = async (port: number) => {
    const at = (name: string) => [name, `${systems.url}/${name}`] as const;
    const apart = Object.fromEntries(['identity', 'crm', 'erp', 'billing', 'coordination'].map(at));
    const settings: HiveSettings = { port, secret, subgraphs: { ...apart, events: `${events.url}/events` } };
    const started = run(process.execPath, [join(import.meta.dirname, 'hive.ts'), JSON.stringify(settings)], {
      cwd: root,
    });
    return { started, address: (await started.line(/^Hive is at (\S+)$/))[1] ?? '' };
  };

  beforeAll(async () => {
    environment = { DATABASE_URL: await createDatabase(), DATABASE_CONNECTIONS: '4', PASS_SECRET: secret };
    systems = await serve({ ...environment, ROLES: 'identity,crm,erp,billing' });
    events = await serve({ ...environment, ROLES: 'events' });
    ({ started: hive, address: url } = await startHive(0));
    db = await openDb({ databaseUrl: environment.DATABASE_URL ?? '', connections: 2 });
    const found =
      '{ customers(first: 1, filter: { name: "Alfreds Futterkiste" }) { edges { node { id } } } }';
    const { data } = await ask({ url: url.replace('/graphql', '') }, found);
    ({ id } = (data as { customers: { edges: [{ node: { id: string } }] } }).customers.edges[0].node);
  }, 120_000);
  afterAll(async () => {
    await db.close();
    await Promise.all([hive.kill(), events.kill(), systems.kill()]);
  });

  let version = 0;
  /** The customer has changed in a system. */
  const change = () => captureInto(db, [draftOf(id, ++version)]);
  /** Subscriptions at the subgraph that has the feed, as it counts them itself. */
  const live = async () => {
    const metrics = await (await fetch(`${events.url}/metrics`)).text();
    return Number(/^subscriptions_active (\d+)$/m.exec(metrics)?.[1]);
  };
  const noneLive = () => until(async () => (await live()) === 0);

  describe.each(transports)('subscribers of Hive Gateway by %s', (transport) => {
    const by = transport === 'SSE' ? 'sse' : 'websocket';

    test('hear of a change with what all systems know, in order, also after the router and the feed were killed', async () => {
      const [ended, heard] = [new AbortController(), [] as Told[]];
      const loop = async () => {
        for await (const told of changes<Told>({
          ...{ url, transport: by, query },
          continuous: true,
          signal: ended.signal,
          pauses: [50, 500],
        }))
          heard.push(told);
      };
      const done = loop();
      const isSo = (holds: () => boolean | Promise<boolean>) =>
        Promise.race([done, until(() => Promise.resolve(holds()))]);
      await isSo(async () => (await live()) === 1);
      const hear = async () => {
        const before = heard.length;
        await change();
        await change();
        await isSo(() => heard.length === before + 2);
      };
      await hear();
      expect(heard[1]).toMatchObject({ attributes: [{ name: 'name', owner: 'CRM' }], customer });
      await hive.kill();
      await change();
      ({ started: hive } = await startHive(Number(new URL(url).port)));
      await isSo(() => heard.length === 3);
      await hear();
      await events.kill();
      await change();
      events = await serve({ ...environment, ROLES: 'events', PORT: events.port });
      await isSo(() => heard.length === 6);
      await hear();
      ended.abort();
      await done;
      const first = Number(heard[0]?.position);
      expect(heard.map(({ position }) => Number(position))).toEqual(heard.map((_, index) => first + index));
      await noneLive();
    }, 120_000);

    test('500 that are killed leave nothing behind at the subgraph', async () => {
      const clients = Array.from({ length: 500 }, () => rude(transport, url, query));
      await until(async () => (await live()) === 500);
      await change();
      for (const one of clients) one.kill();
      await noneLive();
    }, 120_000);

    test('200 that ask and are gone at once leave nothing behind at the subgraph', async () => {
      const asked = Array.from({ length: 200 }, async () => {
        const one = rude(transport, url, query);
        await one.asked;
        one.kill();
      });
      await Promise.all(asked);
      // Only who stays is left.
      const last = rude(transport, url, query);
      await last.asked;
      await until(async () => (await live()) === 1);
      last.kill();
      await noneLive();
    }, 120_000);
  });

  test('200 that use an id twice leave nothing behind at the subgraph', async () => {
    const codes = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
        const closed = once(socket, 'close') as Promise<[number]>;
        await once(socket, 'open');
        socket.send('{"type":"connection_init"}');
        await once(socket, 'message');
        const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
        socket.send(subscribe);
        socket.send(subscribe);
        return (await closed)[0];
      }),
    );
    expect(new Set(codes)).toEqual(new Set([4409]));
    await noneLive();
  }, 120_000);
}
