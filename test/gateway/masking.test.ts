import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@theguild/federation-composition';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createEngine } from '../../gateway/engine/index.ts';
import type { Answered } from '../../gateway/server.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { localSubgraph, remoteSubgraph } from '../../runtime/executor.ts';
import { Failure, type FailureCode } from '../../runtime/failure.ts';
import { createHttp } from '../../runtime/http.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { crm } from '../../subgraphs/crm/index.ts';
import type { WireResponse } from '../../subgraphs/wire.ts';
import { serveShop } from './served.ts';
import { codesOf, everyWay, ways } from './transports.ts';

/** What must never be told: values, places, statements, hosts, stacks, and who wrote what we run on. */
const secrets =
  /canary|select |insert |\/srv|node_modules|\.ts\b|127\.0\.0\.1:\d|ECONN|ENOENT|stack|\bat \w+|password|(?<!Syntax )Error:|undici|postgres|pglite/i;

const contracts = {
  here: 'type Query { fails: String number: Int color: Color some: Some! } type Some { id: ID! } enum Color { RED }',
  there: 'type Query { elsewhere: String }',
};
const stack = 'Error: canary\n    at query (/srv/app/node_modules/pg/client.js:12:3)';

let db: Db;
let unreachable: number;
const http = createHttp();
const call = { correlationId: 'c', signal: new AbortController().signal };
const crmAnswers = (answer: () => Promise<WireResponse>) => () =>
  crm.connect(answer).read(['001000000000001AAA'], ['Name'], call);
const answered = (status: number, body: unknown): Promise<WireResponse> =>
  Promise.resolve({ status, headers: { 'content-type': 'application/json' }, body });
const thrown = (value: unknown) => () => {
  throw value;
};
const endless = (): number => 1 + endless();

/** What a resolver of this process meets; each of them is told as an internal error. */
const faults: Readonly<Record<string, () => unknown>> = {
  'an error with a statement and a place': thrown(new Error('select canary from /srv/db.ts')),
  'a bug': () => (undefined as unknown as { canary: { x: 1 } }).canary.x,
  'a text that is no JSON': () => JSON.parse('{"password": "canary') as unknown,
  'a file that is missing': () => readFile('/srv/canary/secret.key'),
  'a statement that the store refuses': () => db.query('select canary from nowhere'),
  'a value that is there already': () => db.query("insert into unique_canary values ('canary@example.com')"),
  'a host that is not there': () => fetch(`http://127.0.0.1:${unreachable}/canary`),
  'an address that is none': () => new URL('//canary:password@'),
  'an assertion': () => {
    assert.deepEqual({ canary: 1 }, { canary: 2 });
  },
  'a recursion without end': endless,
  'a connection that breaks': crmAnswers(() =>
    Promise.reject(
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443 canary'), { code: 'ECONNREFUSED' }),
    ),
  ),
  'a text that is thrown': thrown('canary'),
  'nothing that is thrown': thrown(null),
  'an object that is thrown': thrown({ message: 'canary', stack }),
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  'a promise that is rejected with nothing': () => Promise.reject(undefined),
  'an error with a code that nobody knows': thrown(
    Object.assign(new Error('canary'), { extensions: { code: 'EPIPE', stack } }),
  ),
  'a failure that is not for callers': thrown(new Failure('INVALID_CONFIGURATION', 'Set /srv/canary.')),
  'an error that was aborted': thrown(new DOMException('canary', 'AbortError')),
};

/** What a system of record answers, and what is told of it. */
const systems: Readonly<Record<string, readonly [FailureCode, () => unknown]>> = {
  'a system that fails with its stack': [
    'SYSTEM_UNAVAILABLE',
    crmAnswers(() => answered(500, [{ errorCode: 'X', message: stack }])),
  ],
  'a system that answers with a page': [
    'SYSTEM_UNAVAILABLE',
    crmAnswers(() => answered(502, '<h1>canary</h1>')),
  ],
  'a system that refuses us': [
    'SYSTEM_UNAVAILABLE',
    crmAnswers(() => answered(401, [{ errorCode: 'INVALID_SESSION_ID', message: 'password canary' }])),
  ],
  'a system that does not know its own fields': [
    'SYSTEM_UNAVAILABLE',
    crmAnswers(() => answered(400, [{ errorCode: 'INVALID_FIELD', message: 'select canary' }])),
  ],
  // The last that needs it.
  'a store that is closed': [
    'STORE_UNAVAILABLE',
    async () => {
      await db.close();
      return db.query('select 1');
    },
  ],
};

const page =
  (status: number, body: string | Buffer, type: string, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  };
const json = 'application/json';
/** What a subgraph in another process answers, and what is told of it. */
const elsewhere: Readonly<Record<string, readonly [FailureCode, (response: ServerResponse) => void]>> = {
  'a page with a stack': ['SYSTEM_UNAVAILABLE', page(500, `<pre>${stack}</pre>`, 'text/html')],
  'a page that says it is fine': ['SYSTEM_UNAVAILABLE', page(200, '<h1>canary</h1>', 'text/html')],
  'JSON that is cut off': ['SYSTEM_UNAVAILABLE', page(200, '{"data": {"elsewhere": "canary', json)],
  'JSON in no encoding': ['SYSTEM_UNAVAILABLE', page(200, Buffer.from([0x7b, 0xff, 0xfe, 0x22]), json)],
  'JSON that is no answer': ['SYSTEM_UNAVAILABLE', page(200, '"canary"', json)],
  'errors that are none': ['SYSTEM_UNAVAILABLE', page(200, '{"errors": "canary"}', json)],
  'an error with its stack': [
    'INTERNAL_SERVER_ERROR',
    page(
      200,
      JSON.stringify({
        errors: [{ message: stack, extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: [stack] } }],
      }),
      json,
    ),
  ],
  'an error without a code': [
    'INTERNAL_SERVER_ERROR',
    page(500, JSON.stringify({ errors: [{ message: 'canary' }] }), json),
  ],
  'an error with words for a code': [
    'INTERNAL_SERVER_ERROR',
    page(200, JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'canary at /srv' } }] }), json),
  ],
  'an error that claims to be one of ours': [
    'INTERNAL_SERVER_ERROR',
    page(
      200,
      JSON.stringify({ errors: [{ message: 'x', originalError: { stack }, extensions: { code: 'E' } }] }),
      json,
    ),
  ],
  'a way to somewhere else': [
    'SYSTEM_UNAVAILABLE',
    page(302, '', json, { location: 'http://canary.internal/' }),
  ],
  'too much to do': [
    'SYSTEM_UNAVAILABLE',
    page(503, '<pre>canary</pre>', 'text/html', { 'retry-after': '7' }),
  ],
  'too many requests': ['RATE_LIMITED', page(429, '<pre>canary</pre>', 'text/html', { 'retry-after': '7' })],
  'half an answer': [
    'SYSTEM_UNAVAILABLE',
    (response) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
  ],
  'no answer': ['SYSTEM_UNAVAILABLE', (response) => response.destroy()],
};

let source: () => unknown = () => null;
let answer: (response: ServerResponse) => void = () => undefined;
const server = createServer((_, response) => {
  answer(response);
});
let door: Awaited<ReturnType<typeof serveShop>>;

beforeAll(async () => {
  db = await openDb({});
  await db.script(
    `create table unique_canary (address text unique); insert into unique_canary values ('canary@example.com')`,
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  unreachable = (gone.address() as AddressInfo).port;
  await once(gone.close(), 'close');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const services = Object.entries(contracts).map(([name, sdl]) => ({ name, url, typeDefs: parse(sdl) }));
  const { supergraphSdl = '' } = composeServices(services);
  const given = () => source();
  const resolvers = { Query: { fails: given, number: given, color: given, some: given } };
  const engine = createEngine({
    supergraph: supergraphSdl,
    subgraphs: (name) =>
      name === 'there'
        ? remoteSubgraph(name, url, { post: http.post })
        : localSubgraph(name, buildSubgraph(contracts.here, resolvers)),
  });
  door = await serveShop({ engine, suggestions: false });
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  await http.close();
});

/** One question by one way: what it is told, after it was searched for what must not be told, and what the log is. */
async function heard(query: string, way: keyof typeof ways = 'POST', variables?: Record<string, unknown>) {
  door.answered.splice(0);
  const told = await ways[way](
    door.port,
    { query, ...(variables ? { variables } : {}) },
    { 'x-correlation-id': 'c-42' },
  );
  expect(told.text.replace(/"etag".*?,/, '')).not.toMatch(secrets);
  const log: readonly Answered[] = door.answered;
  return { ...told, log };
}

const internal = [{ extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-42' } }];

describe('of a fault of our own the caller hears a code and an id, and the log the rest', () => {
  test.each(Object.entries(faults))('%s', async (_what, fault) => {
    source = fault;
    const { errors, headers, log } = await heard('{ fails }');
    expect(errors).toMatchObject(internal);
    expect(headers['x-correlation-id']).toBe('c-42');
    expect(log.filter((one) => one.fault !== undefined)).toMatchObject([
      { correlationId: 'c-42', code: 'INTERNAL_SERVER_ERROR' },
    ]);
  });

  test.each<readonly [string, string, unknown]>([
    ['a text for a number', '{ number }', 'canary'],
    ['a value that is none of an enumeration', '{ color }', 'canary'],
    ['nothing where something must be', '{ some { id } }', {}],
  ])('%s', async (_what, query, value) => {
    source = () => value;
    const { errors, log } = await heard(query);
    expect(errors).toMatchObject(internal);
    // A value may be somebody's: it is not for the log either.
    const noted = log.map(({ fault }) => (fault instanceof Error ? fault.message : ''));
    expect(noted.join()).not.toContain('canary');
  });

  test.each(everyWay)('by %s', async (way) => {
    source = thrown(new Error('canary'));
    const { errors, log } = await heard('{ fails }', way);
    expect(errors).toMatchObject(internal);
    const noted = log.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
    expect(noted).toMatchObject([{ message: 'canary' }]);
  });
});

test.each(Object.entries(systems))('of %s', async (_what, [code, fault]) => {
  source = fault;
  const told = await heard('{ fails }');
  expect(codesOf(told)).toEqual([code]);
  expect(told.headers['x-correlation-id']).toBe('c-42');
});

test.each(Object.entries(elsewhere))(
  'of a subgraph elsewhere that answers %s',
  async (_what, [code, how]) => {
    answer = how;
    const told = await heard('{ elsewhere }');
    expect(codesOf(told)).toEqual([code]);
    expect(told.errors).toMatchObject(code === 'INTERNAL_SERVER_ERROR' ? internal : [{}]);
  },
);

test.each<readonly [string, string, Record<string, unknown> | undefined, FailureCode]>([
  ['cannot be read', '{ fails', undefined, 'GRAPHQL_PARSE_FAILED'],
  ['is not valid', '{ canary }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'has several operations',
    'query A { fails } query B { fails }',
    undefined,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['lacks a variable', 'query($v: Boolean!) { fails @skip(if: $v) }', undefined, 'BAD_USER_INPUT'],
  ['has a wrong variable', 'query($v: Boolean!) { fails @skip(if: $v) }', { v: 'x' }, 'BAD_USER_INPUT'],
])('a document that %s keeps its code and its status', async (_what, query, variables, code) => {
  for (const way of everyWay) {
    const told = await heard(query, way, variables);
    expect(codesOf(told)).toEqual([code]);
    if (way === 'POST') expect(told.status).toBe(400);
  }
});

test('there are more than thirty sources of errors', () => {
  const count = [faults, systems, elsewhere].reduce((sum, some) => sum + Object.keys(some).length, 0);
  expect(count).toBeGreaterThanOrEqual(30);
});
