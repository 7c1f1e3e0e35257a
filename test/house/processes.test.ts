import { writeFile, mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { moduleUrl, startChild } from '../support/child.ts';
import {
  alfreds,
  alfredsNode,
  always,
  ask,
  ownFolder,
  readsOf,
  root,
  serve,
  setFaults,
  start,
  until,
  type Serving,
} from './house.ts';
import { run } from './run.ts';

const everything = `{
  customers(first: 100) { totalCount edges { node { name creditStatus records { system key } invoices(first: 1) { totalCount } } } }
}`;

/** The sample, whole: what each of the systems has of it is counted from its own records. */
async function expectWholeSample(house: Serving): Promise<void> {
  const { data, errors } = await ask(house, everything);
  expect(errors).toEqual([]);
  const { customers } = data as {
    customers: {
      totalCount: number;
      edges: {
        node: {
          name: string | null;
          creditStatus: string | null;
          records: { system: string }[];
          invoices: { totalCount: number };
        };
      }[];
    };
  };
  const nodes = customers.edges.map(({ node }) => node);
  expect(customers.totalCount).toBe(91);
  expect(nodes).toHaveLength(91);
  expect(nodes.filter(({ name, creditStatus }) => name === null || creditStatus === null)).toEqual([]);
  for (const { records } of nodes)
    expect(records.map(({ system }) => system)).toEqual(['BILLING', 'CRM', 'ERP']);
  expect(nodes.reduce((sum, { invoices }) => sum + invoices.totalCount, 0)).toBe(830);
}

describe('one process, from its first start on', () => {
  const dataDir = ownFolder();

  test('an empty store is filled with the sample, step by step to be seen, and one query reads three systems', async () => {
    const house = await serve({ DATA_DIR: dataDir });
    const { status, data, errors } = await ask(house, alfreds);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data).toMatchObject({ customers: { edges: [{ node: alfredsNode }] } });
    await expectWholeSample(house);

    const { code, out, err } = await house.stop();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const told = out.split('\n').map((line) => line.replace(/^\S+ (info|warn) {2}/, ''));
    expect(told).toEqual([
      'Development: there is no authentication. Callers say who they are by the headers x-principal and x-scopes, and whoever does not may do everything; only a loopback address is served.',
      ...(told[1]?.startsWith('Making') ? [told[1]] : []),
      'The embedded store survives a crash of the process, not of the machine; set DATABASE_URL to a PostgreSQL server for both.',
      'Filling the empty store with the sample data of Northwind.',
      'CRM: 91 accounts and their contacts.',
      'ERP: 91 business partners.',
      'Billing: 91 customers with 830 invoices.',
      '91 customers are in the graph.',
      expect.stringMatching(/^A key that signs the audit was made and is in \S+audit-key\.pem\. /),
      `The graph is at ${house.url}/graphql`,
      `Try it in a browser: ${house.url}/graphiql`,
      ...['crm', 'erp', 'billing'].map((name) => `The sandbox of ${name} is at ${house.sandboxUrl}/${name}`),
      'SIGTERM: no new requests are taken; those under way are finished first.',
      'Stopped.',
    ]);
  });

  describe('started again', () => {
    let house: Serving;
    beforeAll(async () => {
      house = await serve({ DATA_DIR: dataDir, DRAIN_TIMEOUT_MS: '30000', REQUEST_TIMEOUT_MS: '20000' });
    });

    test('the store is as it was', async () => {
      await expectWholeSample(house);
    });

    test('a second process on the same store is refused', async () => {
      const { code, err } = await start({ DATA_DIR: dataDir }).ended;
      expect(err).toMatch(
        /^STORE_IN_USE: The store in \S+ is in use by process \d+; stop that process, or set DATA_DIR to another directory\.\n$/,
      );
      expect(code).toBe(1);
      expect(await ask(house, alfreds)).toMatchObject({ status: 200, errors: [] });
    });

    test('health says whether it lives, whether it is of use, and that it is going; nothing under way fails', async () => {
      expect(await health(house, 'live')).toEqual([200, { status: 'live' }]);
      expect(await health(house, 'ready')).toEqual([200, { status: 'ready' }]);
      expect((await fetch(`${house.url}/nowhere`)).status).toBe(404);

      await setFaults(house, 'erp', [{ kind: 'latency', delay: 1500 }]);
      const before = await readsOf(house, 'erp');
      const asked = Array.from({ length: 50 }, () => ask(house, alfreds));
      await until(async () => (await readsOf(house, 'erp')) >= before + 50);
      const watches = Array.from({ length: 3 }, () => watched(house));
      const ended = house.stop();
      const answers = await Promise.all(asked);
      for (const { status, data, errors } of answers) {
        expect({ status, errors }).toEqual({ status: 200, errors: [] });
        expect(data).toMatchObject({ customers: { edges: [{ node: alfredsNode }] } });
      }
      // Balancers that look at readiness without a pause see the end coming before connections are refused.
      expect((await Promise.all(watches)).flat()).toContainEqual([503, { status: 'draining' }]);
      const { code, err, out } = await ended;
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/Stopped\.$/);
      expect(out).not.toContain('Filling');
    });
  });
});

const health = async ({ url }: Serving, what: 'live' | 'ready'): Promise<[number, unknown]> => {
  const response = await fetch(`${url}/health/${what}`);
  return [response.status, await response.json()];
};

/** What readiness says until it is no longer ready, or no longer there. */
async function watched(house: Serving): Promise<[number, unknown][]> {
  const seen: [number, unknown][] = [];
  while (seen.at(-1)?.[0] !== 503) {
    const now = await health(house, 'ready').catch(() => undefined);
    if (!now) break;
    seen.push(now);
  }
  return seen;
}

describe('a port in use', () => {
  const dataDir = ownFolder();
  let other: Server;
  let taken: string;
  beforeAll(async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    taken = String((other.address() as AddressInfo).port);
  });
  afterAll(() => {
    other.close();
  });

  const settings = { DATA_DIR: dataDir, SAMPLE_DATA: 'none' };

  test.each(['PORT', 'SANDBOX_PORT'])('%s is refused', async (setting) => {
    const { code, err } = await start({ ...settings, [setting]: taken }).ended;
    expect(err).toBe(
      `PORT_IN_USE: Port ${taken} on 127.0.0.1 is in use; stop the process that has it, or set ${setting} to another number.\n`,
    );
    expect(code).toBe(1);
  });

  test('the store that was opened before is let go of', async () => {
    const house = await serve(settings);
    expect(await ask(house, '{ customers { totalCount } }')).toMatchObject({
      data: { customers: { totalCount: 0 } },
    });
    expect((await house.stop()).code).toBe(0);
  });
});

test('whoever ends npm ends the house: it is not left behind with its port and its store', async () => {
  const { PATH = '', HOME = '' } = process.env;
  const settings = { PORT: '0', SANDBOX_PORT: 'off', DATA_DIR: ownFolder(), SAMPLE_DATA: 'none' };
  const npm = run('npm', ['start'], { cwd: root, env: { PATH, HOME, ...always, ...settings }, group: true });
  await npm.line(/graph is at/);
  process.kill(npm.pid ?? 0, 'SIGTERM');
  expect((await npm.ended).out).toMatch(/Stopped\.$/);
});

describe('a first start that is killed', () => {
  test('while it fills the store, after whichever line, is completed by the next one', async () => {
    const dataDir = ownFolder();
    for (const last of [/Filling the empty store/, /CRM: 91/, /Billing: 91/, /91 customers are in/]) {
      const killed = start({ DATA_DIR: dataDir });
      // One that was killed a moment too late has filled the store, and the next has nothing to tell.
      await Promise.race([killed.line(last), killed.line(/graph is at/)]);
      expect((await killed.kill()).code).toBeNull();
    }
    const house = await serve({ DATA_DIR: dataDir });
    await expectWholeSample(house);
    expect((await house.stop()).code).toBe(0);
  }, 120_000);

  test('between the filling of the systems and that of the register, is completed by the next one', async () => {
    const dataDir = ownFolder();
    const child = startChild(`
      import { openStore } from '${moduleUrl('subgraphs/store.ts')}';
      import { seedNorthwind } from '${moduleUrl('subgraphs/seed/northwind.ts')}';
      const store = await openStore({ dataDir: ${JSON.stringify(dataDir)} }, () => undefined);
      const register = { enrol: () => process.kill(process.pid, 'SIGKILL') };
      await seedNorthwind({ ...store, identity: { ...store.identity, register }, progress: console.log });
    `);
    await once(child.process, 'exit');
    expect(child.process.signalCode).toBe('SIGKILL');
    const house = await serve({ DATA_DIR: dataDir });
    await expectWholeSample(house);
    expect((await house.stop()).code).toBe(0);
  });
});

test('settings in a file .env count, below those of the environment', async () => {
  const cwd = ownFolder();
  await mkdir(cwd);
  await writeFile(join(cwd, '.env'), 'SAMPLE_DATA=some\nPORT=http\n');
  const { code, err } = await start({ PORT: '0' }, [], cwd).ended;
  expect({ code, err }).toEqual({
    code: 1,
    err: 'INVALID_CONFIGURATION: SAMPLE_DATA must be one of northwind, none.\n',
  });
});
