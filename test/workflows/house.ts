import { openHouse, type House } from '../../house.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { createLogger } from '../../runtime/telemetry.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';

/** The whole graph in one process over an empty store, with accounts onboarded by themselves. */
export interface Graph {
  readonly store: Store;
  readonly house: House;
  /** Data of an operation that must not fail. */
  ask(query: string, variables?: object, headers?: Readonly<Record<string, string>>): Promise<Told>;
  /** Speaks the API of a sandbox; the answer's body. */
  system(name: 'crm' | 'erp' | 'billing', request: WireRequest): Promise<Told>;
  /** Makes an account in the CRM as sales would; its key. */
  account(body: Readonly<Record<string, unknown>>): Promise<string>;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** What a test knows the shape of. */
type Told = Readonly<Record<string, unknown>>;

const silent = createLogger({ level: 'silent', json: true });

export async function openGraph(
  settings: Readonly<Record<string, string>> = {},
  open: () => Promise<Db> = () => openDb({}),
): Promise<Graph> {
  const store = await prepared(await open());
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    SANDBOX_PORT: 'off',
    SAMPLE_DATA: 'none',
    FEED_INTERVAL_MS: '50',
    ONBOARDING: 'auto',
    AUTHENTICATION: 'development',
    AUDIT_KEY: newSealKey(),
    BREAKER_OPEN_MS: '100',
    ...settings,
  });
  const house = await openHouse(config, store, silent);
  const graph: Graph = {
    store,
    house,
    async ask(query, variables = {}, headers = {}) {
      const response = await fetch(`${house.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as { data: Told; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    async system(name, request) {
      const sandbox = house.sandboxes.find((one) => one.name === name);
      const signal = AbortSignal.timeout(10_000);
      const answer = await sandbox?.wire(request, { correlationId: 'sales', signal });
      if (!answer || answer.status >= 300) throw new Error(JSON.stringify(answer?.body));
      return answer.body as Told;
    },
    async account(body) {
      const path = '/services/data/v1/sobjects/Account';
      const { Id } = await graph.system('crm', { method: 'POST', path, body });
      if (typeof Id !== 'string') throw new Error('an account has an id');
      return Id;
    },
    metrics: async () => (await fetch(`${house.url}/metrics`)).text(),
    close: () => house.stop(),
  };
  // The feed has been read to its end once: what comes from now on is new.
  await until(async () => {
    const [row] = await store.db.query<{ caught: boolean }>(
      `select count(*) filter (where caught_up) = 3 as caught from identity_feed`,
    );
    return row?.caught === true;
  });
  return graph;
}

/** Resolves once it holds; looks again after every turn of the store that it takes to look. */
export async function until<T>(holds: () => Promise<T | false | null | undefined>): Promise<T> {
  for (;;) {
    const found = await holds();
    if (found !== false && found !== null && found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
