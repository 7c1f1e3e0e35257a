import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createHandler } from 'graphql-http/lib/use/http';
import { readFlags } from '../../gateway/flags.ts';
import { requestContext } from '../../runtime/context.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { codes, post } from './served.ts';
import { contracts, createShop, supergraph } from './shop.ts';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
const shop = createShop();
const seen: IncomingHttpHeaders[] = [];
const urls = new Map<string, string>();
const ending: (() => void)[] = [
  () => {
    rmSync(folder, { recursive: true });
  },
];

/** A subgraph made with another library, in a server of its own. */
async function serveSubgraph(name: keyof typeof contracts): Promise<void> {
  const signal = new AbortController().signal;
  const handler = createHandler({
    schema: buildSubgraph(contracts[name], shop.resolvers[name]),
    context: () => ({ ...requestContext({ timeout: 5000, signal }) }),
  });
  const server = createServer((request, response) => {
    seen.push(request.headers);
    void handler(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  urls.set(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** Runs the command line to its end, or to its first line where it serves. */
function run(...flags: readonly string[]) {
  const child = spawn(process.execPath, ['--no-warnings', 'gateway/cli.ts', ...flags], { cwd: repository });
  ending.push(() => child.kill('SIGKILL'));
  const told: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => told.push(chunk.toString()));
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => ({ code, told: told.join('') }));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    ended,
    /** The URL of the graph, as the first line says it. */
    async url(): Promise<string> {
      const first = await lines.next();
      const [url] = /http:\S+\/graphql/.exec(String(first.value)) ?? [];
      if (url === undefined) throw new Error(`It does not serve: ${(await ended).told}`);
      return url;
    },
  };
}

const file = join(folder, 'supergraph.graphql');

beforeAll(async () => {
  await serveSubgraph('catalog');
  await serveSubgraph('stock');
  writeFileSync(
    file,
    supergraph((name) => urls.get(name) ?? ''),
  );
});

afterAll(() => {
  for (const end of ending.reverse()) end();
});

test('a foreign supergraph is served, with its subgraphs over HTTP and the headers that were given', async () => {
  const gateway = run(
    '--supergraph',
    file,
    '--port',
    '0',
    '--header',
    'authorization=Bearer a=b',
    '--header',
    'x-tenant=one',
  );
  const url = await gateway.url();
  const answer = await post(
    url,
    { query: 'query Products { products { name units } }' },
    { 'x-correlation-id': 'the-one', 'x-explain': '1' },
  );
  expect(JSON.parse(answer.body)).toMatchObject({
    data: {
      products: [
        { name: 'Chai', units: 10 },
        { name: 'Tofu', units: 20 },
      ],
    },
    extensions: { explain: { systems: ['catalog', 'stock'] } },
  });
  expect(seen).toHaveLength(2);
  for (const headers of seen) {
    expect(headers).toMatchObject({
      authorization: 'Bearer a=b',
      'x-tenant': 'one',
      'x-correlation-id': 'the-one',
    });
  }
  expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
  expect(await (await fetch(new URL('/metrics', url))).text()).toContain(
    'graphql_request_seconds_count{kind="query",status="200"} 1',
  );
  const nowhere = await fetch(new URL('/nowhere', url));
  expect(nowhere.status).toBe(404);
  expect(await nowhere.json()).toMatchObject({ code: 'NOT_FOUND' });
  gateway.process.kill('SIGTERM');
  expect((await gateway.ended).code).toBe(0);
});

test('a subgraph that is down leaves a partial answer with a coded error and status 200', async () => {
  const away = createServer().listen(0, '127.0.0.1');
  await once(away, 'listening');
  const { port } = away.address() as AddressInfo;
  away.close();
  await once(away, 'close');
  const broken = join(folder, 'broken.graphql');
  writeFileSync(
    broken,
    supergraph((name) => (name === 'stock' ? `http://127.0.0.1:${port}/` : (urls.get(name) ?? ''))),
  );
  const gateway = run('--supergraph', broken, '--port', '0');
  const query = '{ product(id: "1") { name units } }';
  const answer = await post(await gateway.url(), { query }, { accept: 'application/graphql-response+json' });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ data: { product: { name: 'Chai', units: null } } });
  expect(codes(answer)).toEqual(['SYSTEM_UNAVAILABLE']);
  expect(answer.body).not.toContain(String(port));
});

test('requests in flight are answered when it is told to end', async () => {
  const gateway = run('--supergraph', file, '--port', '0', '--timeout', '10000');
  const url = await gateway.url();
  const asked = Array.from({ length: 50 }, () => post(url, { query: '{ slow }' }));
  while (shop.waiting.length < 50) await new Promise((resolve) => setImmediate(resolve));
  gateway.process.kill('SIGTERM');
  const { port } = new URL(url);
  // It accepts nothing more from now on, while the fifty still wait.
  while (await accepts(Number(port))) await new Promise((resolve) => setImmediate(resolve));
  for (const { release } of shop.waiting.splice(0)) release('done');
  const answers = await Promise.all(asked);
  expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(
    Array.from({ length: 50 }, () => '200 {"data":{"slow":"done"}}'),
  );
  expect(await gateway.ended).toEqual({ code: 0, told: '' });
});

test.each([
  ['no file', [], 'Say which supergraph to serve: --supergraph FILE.'],
  ['an unknown flag', ['--supergraf', 'x'], "Unknown option '--supergraf'; see npm run gateway -- --help."],
  ['a flag without a value', ['--supergraph'], 'argument missing; see npm run gateway -- --help.'],
  ['a word too many', ['x', '--supergraph', 'x'], "Unexpected argument 'x'; see npm run gateway -- --help."],
  [
    'a wrong port',
    ['--supergraph', 'x', '--port', '99999'],
    '--port must be a whole number from 0 to 65535.',
  ],
  [
    'a wrong timeout',
    ['--supergraph', 'x', '--timeout', '1s'],
    '--timeout must be a whole number from 50 to 600000.',
  ],
  ['a wrong header', ['--supergraph', 'x', '--header', 'x'], '--header must be NAME=VALUE'],
  [
    'a header that would be two',
    ['--supergraph', 'x', '--header', 'a=b\r\nc: d'],
    '--header must be NAME=VALUE',
  ],
])('wrong flags are refused with one sentence: %s', (_name, flags, sentence) => {
  expect(() => readFlags(flags)).toThrow(sentence);
});

test.each([
  ['an unknown flag', ['--supergraf', 'x'], "Unknown option '--supergraf'; see npm run gateway -- --help."],
  ['a file that is not there', ['--supergraph', join(folder, 'none')], 'cannot be read; give the path'],
  ['a text that is no schema', ['--supergraph', 'package.json'], 'is not valid GraphQL'],
  [
    'a schema that is no supergraph',
    ['--supergraph', 'schema/scalars.graphql'],
    'is a schema but not a supergraph',
  ],
])('what cannot be served ends with one sentence and status 1: %s', async (_name, flags, sentence) => {
  const { code, told } = await run(...flags).ended;
  expect(told).toContain(sentence);
  expect(told.trimEnd()).not.toContain('\n');
  expect(code).toBe(1);
});

test('a subgraph without a URL and a port in use end with one sentence and status 1', async () => {
  const local = join(folder, 'local.graphql');
  writeFileSync(local, supergraph());
  expect((await run('--supergraph', local).ended).told).toContain('gives no http URL for the subgraph');
  const { port } = new URL(urls.get('stock') ?? '');
  const { code, told } = await run('--supergraph', file, '--port', port).ended;
  expect(told).toBe(
    `Port ${port} on 127.0.0.1 is in use; stop the process that has it, or set --port to another number.\n`,
  );
  expect(code).toBe(1);
});

/** Whether a connection is accepted at the moment. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const accepted = await new Promise<boolean>((resolve) => {
    socket
      .on('connect', () => {
        resolve(true);
      })
      .on('error', () => {
        resolve(false);
      });
  });
  socket.destroy();
  return accepted;
}
