import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { FaultOrder } from '../../subgraphs/sandbox/faults.ts';
import { run, type Run } from './run.ts';

type Environment = Readonly<Record<string, string>>;
export type SystemName = 'crm' | 'erp' | 'billing';

/** A process that has begun to serve. */
export interface Serving extends Run {
  /** Of the gateway, or of the first subgraph: without a path. */
  readonly url: string;
  readonly port: string;
  /** Where its sandboxes are; empty where they are not served. */
  readonly sandboxUrl: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly system?: string; readonly retryAfter?: number };
  }[];
}

export const root = join(import.meta.dirname, '../..');
const folder = await mkdtemp(join(tmpdir(), 'house-'));
let folders = 0;

afterAll(() => rm(folder, { recursive: true }));

/** A path below the suite's own folder, which goes with the suite. */
export const ownFolder = (): string => join(folder, String(++folders));

/** Modules are compiled once for all. */
export const always = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/customer-graph/compiled') };

/** Starts the product with these settings and no others: neither the tester's environment nor a file `.env` counts. */
export function start(environment: Environment, argv: readonly string[] = [], cwd = folder): Run {
  const env = { ...always, AUTHENTICATION: 'development', PORT: '0', SANDBOX_PORT: '0', ...environment };
  return run(process.execPath, [join(root, 'main.ts'), ...argv], { cwd, env });
}

/** Starts the product, all roles where it is not told otherwise, and waits until it serves. */
export async function serve(environment: Environment): Promise<Serving> {
  const started = start(environment);
  const { ROLES: roles = 'gateway,crm' } = environment;
  const address = roles.includes('gateway')
    ? /graph is at (http\S+)\/graphql$/
    : /subgraph \w+ is at (http\S+)\/\w+$/;
  const [, url = ''] = await started.line(address);
  const systems = /crm|erp|billing/.test(roles);
  const [, sandboxUrl = ''] = systems ? await started.line(/sandbox of \w+ is at (http\S+)\/\w+$/) : [];
  return { ...started, url, port: new URL(url).port, sandboxUrl };
}

export async function ask(
  { url }: Pick<Serving, 'url'>,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const { data, errors = [] } = (await response.json()) as Partial<Answered>;
  return { status: response.status, headers: response.headers, data, errors };
}

/** Sets the faults of one of its sandboxes; an empty list takes all away. */
export async function setFaults(
  { sandboxUrl }: Serving,
  name: SystemName,
  faults: readonly FaultOrder[],
): Promise<void> {
  const response = await fetch(`${sandboxUrl}/${name}/sandbox/faults`, {
    method: 'PUT',
    body: JSON.stringify(faults),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Calls that read records, as the system itself counts them; its feed is polled as well and does not count. */
export async function readsOf({ sandboxUrl }: Serving, name: SystemName): Promise<number> {
  const response = await fetch(`${sandboxUrl}/${name}/sandbox/calls`);
  const feeds = /updated|related|events|A_BusinessPartner$/;
  const calls = Object.entries((await response.json()) as Record<string, number>);
  return calls.reduce((sum, [route, count]) => (feeds.test(route) ? sum : sum + count), 0);
}

/** Looks again until it is so; the test's own time limit ends it. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** One customer, read from all three systems. */
export const alfreds = `{
  customers(first: 1, filter: { name: "Alfreds Futterkiste" }) { edges { node {
    id name segment paymentTerms { netDays } legalEntity { registeredName country }
    balance { amount currency } invoices(first: 2) { totalCount edges { node { number } } }
  } } }
}`;

/** What is to be seen of that customer, whatever id it has. */
export const alfredsNode = {
  name: 'Alfreds Futterkiste',
  paymentTerms: { netDays: 30 },
  legalEntity: { registeredName: 'Alfreds Futterkiste', country: 'DE' },
  balance: { amount: '934.71', currency: 'USD' },
  invoices: { totalCount: 6, edges: [{ node: { number: 'NW-11011' } }, { node: { number: 'NW-10952' } }] },
};
