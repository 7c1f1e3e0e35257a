import { afterAll, beforeAll, describe } from '@jest/globals';
import { openHouse, type House } from '../../house.ts';
import { readConfig, type Config } from '../../runtime/config.ts';
import { openDb } from '../../runtime/db/index.ts';
import { readRowRules } from '../../identity/index.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import type { Sandbox } from '../../subgraphs/sandbox/api.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';

/** The graph as a walk meets it, whichever way its parts were put together. */
export interface Graph {
  readonly url: string;
  readonly store: Store;
  sandbox(name: 'crm' | 'erp' | 'billing'): Sandbox;
  /** What all of its processes count, in Prometheus' text format. */
  metrics(): Promise<string>;
  ask(query: string, variables?: object, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, never> | null | undefined;
  readonly errors: readonly { readonly path?: readonly (string | number)[]; readonly extensions: Told }[];
  readonly extensions: Readonly<Record<string, never>>;
}

interface Told {
  readonly code: string;
  readonly system?: string;
  readonly retryAfter?: number;
}

const silent = createLogger({ level: 'silent', json: true });
const secret = 'a secret that only these tests know and that is long enough';

const subgraphs = ['audit', 'steward', 'identity', 'events', 'crm', 'erp', 'billing'];
const auditKey = newSealKey();

type Settings = Readonly<Record<string, string>>;

function configOf(environment: Settings): Config {
  return readConfig({
    NODE_ENV: 'test',
    AUTHENTICATION: 'development',
    PORT: '0',
    SANDBOX_PORT: 'off',
    FEED_INTERVAL_MS: '50',
    AUDIT_KEY: auditKey,
    ...environment,
  });
}

/** Everything in one process, subgraphs called directly. */
async function together(store: Store, settings: Settings): Promise<readonly House[]> {
  return [await openHouse(configOf(settings), store, silent)];
}

/** The gateway and coordination over HTTP subgraphs, each behind Apollo Server and the signed pass. */
async function apart(store: Store, settings: Settings): Promise<readonly House[]> {
  // Three houses over one store, which the configuration refuses for the embedded store of several processes.
  const shared = { ...settings, PASS_SECRET: secret, DATABASE_URL: 'postgres://unused' };
  const open = (roles: string, where: Settings = {}) =>
    openHouse(configOf({ ...shared, ...where, ROLES: roles }), store, silent);
  const records = await open('audit,steward,identity,events,crm,erp,billing');
  const coordination = await open('coordination', urlsOf(records, ['crm', 'erp', 'billing']));
  const where = { ...urlsOf(records, subgraphs), ...urlsOf(coordination, ['coordination']) };
  return [await open('gateway', where), coordination, records];
}

function urlsOf({ url }: House, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_URL`, `${url}/${name}`]));
}

/** Runs a suite of walks over the sample data, in one process and over HTTP, and tells it which; with settings as in the environment. */
export function bothWays(suite: (graph: () => Graph, way: string) => void, settings: Settings = {}): void {
  describe.each([
    ['in one process', together],
    ['subgraphs apart, over HTTP', apart],
  ] as const)('%s', (way, open) => {
    let graph: Graph;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const store = await prepared(await openDb({}), readRowRules(settings.ROW_RULES_FILE));
      await seedNorthwind({ ...store, progress: () => undefined });
      // Each house closes what it was given: the store they share is closed after the last of them.
      const houses = await open({ ...store, db: { ...store.db, close: () => Promise.resolve() } }, settings);
      graph = graphOf(houses, store);
      close = async () => {
        for (const house of houses) await house.stop();
        await store.db.close();
      };
    });
    afterAll(() => close());
    suite(() => graph, way);
  });
}

function graphOf(houses: readonly House[], store: Store): Graph {
  const [door] = houses;
  if (!door) throw new Error('a graph has a door');
  const url = `${door.url}/graphql`;
  return {
    url,
    store,
    sandbox(name) {
      const found = houses.flatMap(({ sandboxes }) => sandboxes).find((sandbox) => sandbox.name === name);
      if (!found) throw new Error(`no sandbox ${name}`);
      return found;
    },
    async metrics() {
      const all = houses.map(async ({ url: house }) => (await fetch(`${house}/metrics`)).text());
      return (await Promise.all(all)).join('\n');
    },
    async ask(query, variables = {}, headers = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Partial<Answered>;
      const { data, errors = [], extensions = {} } = body;
      return { status: response.status, headers: response.headers, data, errors, extensions };
    },
  };
}
