/** What one customer costs in the whole product with its real store, among few customers and among many. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { launch, type Child } from './child.ts';
import { median, percentile, requestOf, run } from './load.ts';
import { idAt } from './population.ts';
import { questions } from './queries.ts';

export interface Scaled {
  readonly customers: number;
  readonly store: string;
  /** Of Q1 with one connection, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the process per request. */
  readonly cpu: number;
  /** Milliseconds from the start of the process to its first answer of Q1, when the store was there already. */
  readonly firstAnswer: number;
  /** Resident memory in bytes after the load. */
  readonly resident: number;
}

export interface Scale {
  readonly customers: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  /** PostgreSQL, in schemas `bench_read_N`; the embedded store where absent. */
  readonly databaseUrl?: string;
  readonly progress: (line: string) => void;
}

const [q1] = questions;
const root = new URL('../../', import.meta.url);
/** Milliseconds. */
const patience = { first: 120_000, settling: 900_000 };
const warmUp = 6000;
/** Share of one core below which a process is at rest. */
const rest = 0.05;

/** Seeds a store for each number of customers, or takes the one of an earlier run, and measures them in turn. */
export async function scale(order: Scale): Promise<readonly Scaled[]> {
  for (const customers of order.customers) await prepare(order, customers);
  const found = new Map<number, Scaled[]>(order.customers.map((customers) => [customers, []]));
  for (let round = 0; round < order.rounds; round++) {
    for (const customers of order.customers) found.get(customers)?.push(await one(order, customers));
  }
  return [...found.values()].map((all) => {
    const [first] = all as [Scaled, ...Scaled[]];
    const middle = (key: 'p50' | 'p99' | 'cpu' | 'firstAnswer' | 'resident') =>
      median(all.map((each) => each[key]));
    return {
      ...first,
      p50: middle('p50'),
      p99: middle('p99'),
      cpu: middle('cpu'),
      firstAnswer: middle('firstAnswer'),
      resident: middle('resident'),
    };
  });
}

function environmentOf({ databaseUrl }: Scale, customers: number): Record<string, string> {
  return databaseUrl === undefined
    ? { DATA_DIR: fileURLToPath(new URL(`.cache/bench-read/${customers}`, root)) }
    : { DATABASE_URL: databaseUrl, DATABASE_SCHEMA: `bench_read_${customers}` };
}

/** Seeds, and starts once, so that everything that is done once is done. */
async function prepare(order: Scale, customers: number): Promise<void> {
  order.progress(`seeding ${customers.toLocaleString('en')} customers, unless they are there`);
  const seeding = launch({
    module: '../../subgraphs/seed/cli.ts',
    parameters: ['--customers', String(customers)],
    environment: environmentOf(order, customers),
  });
  const trouble = await seeding.ended;
  if (trouble) throw new Error(`Seeding failed: ${trouble}`);
  const { child } = await open(order, customers);
  await settle(child, order.progress);
  await child.end();
}

async function open(order: Scale, customers: number) {
  const port = await freePort();
  const began = performance.now();
  const child = launch({
    module: '../../main.ts',
    node: ['--import', new URL('preload.ts', import.meta.url).href],
    environment: {
      ...environmentOf(order, customers),
      PORT: String(port),
      // Without tokens, which production does not allow.
      NODE_ENV: 'development',
      AUTHENTICATION: 'development',
      SANDBOX_PORT: 'off',
      SAMPLE_DATA: 'none',
      LOG_LEVEL: 'warn',
    },
  });
  const failed = child.ended.then((trouble) => {
    throw new Error(`Customer Graph did not start: ${trouble}`);
  });
  await Promise.race([answered(port, idAt(0)), failed]);
  failed.catch(() => undefined);
  return { child, port, firstAnswer: performance.now() - began };
}

/** Waits for the first whole answer. */
async function answered(port: number, id: string): Promise<void> {
  const body = JSON.stringify({ query: q1?.document, variables: { id } });
  const headers = { 'content-type': 'application/json' };
  const until = Date.now() + patience.first;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body }).then(
      (response) => response.json() as Promise<{ data?: { customer?: { name?: string } }; errors?: unknown }>,
      () => null,
    );
    if (answer?.data?.customer?.name && !answer.errors) return;
    if (Date.now() > until) throw new Error(`Customer Graph does not answer: ${JSON.stringify(answer)}`);
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

/** Waits until the register has caught up with the systems' feeds. */
async function settle(child: Child, progress: (line: string) => void): Promise<void> {
  const until = Date.now() + patience.settling;
  for (let quiet = 0; quiet < 2;) {
    const before = await child.usage();
    await new Promise((resume) => setTimeout(resume, 1000));
    const share = ((await child.usage()).cpu - before.cpu) / 1e6;
    quiet = share < rest ? quiet + 1 : 0;
    if (Date.now() < until) continue;
    progress('it did not come to rest: its own work is part of the figures');
    return;
  }
}

async function one(order: Scale, customers: number): Promise<Scaled> {
  const { child, port, firstAnswer } = await open(order, customers);
  await settle(child, order.progress);
  const load = (milliseconds: number, from: number) =>
    run({ port, connections: 1, milliseconds, request: (n) => requests[(from + n) % requests.length] ?? '' });
  // Random ids, made beforehand; among many customers each is asked for about once.
  const requests = Array.from({ length: 5000 }, () => {
    const id = idAt(Math.floor(Math.random() * customers));
    return requestOf(port, '/graphql', JSON.stringify({ query: q1?.document, variables: { id } }));
  });
  const warm = await load(warmUp, 0);
  const before = await child.usage();
  const done = await load(order.seconds * 1000, warm.requests);
  const after = await child.usage();
  await child.end();
  if (done.failures > 0) throw new Error(`${done.failures} of ${done.requests} answers were errors.`);
  return {
    customers,
    store: order.databaseUrl === undefined ? 'embedded' : 'PostgreSQL',
    p50: percentile(done.latencies, 0.5),
    p99: percentile(done.latencies, 0.99),
    cpu: (after.cpu - before.cpu) / done.requests,
    firstAnswer,
    resident: after.resident,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
