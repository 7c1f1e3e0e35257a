import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { requestContext, type RequestContext } from '../../runtime/context.ts';
import { remoteSubgraph, type RemoteOptions, type SubgraphResult } from '../../runtime/executor.ts';
import { Failure } from '../../runtime/failure.ts';
import { createHttp } from '../../runtime/http.ts';

const http = createHttp();
const servers: Server[] = [];
let seen: { headers: IncomingMessage['headers']; body: string }[] = [];

afterEach(async () => {
  seen = [];
  const closed = servers.splice(0).map(
    (server) =>
      new Promise((resolve) => {
        server.close(resolve).closeAllConnections();
      }),
  );
  await Promise.all(closed);
});

afterAll(() => http.close());

/** The url of a server that answers like this. */
async function serve(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<string> {
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      answer(response, request);
    });
  };
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?v=1`;
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const context = (options: { timeout?: number; signal?: AbortSignal } = {}): RequestContext =>
  requestContext({
    correlationId: 'c-1',
    timeout: options.timeout ?? 10_000,
    signal: options.signal ?? new AbortController().signal,
  });

async function ask(
  url: string,
  given: RequestContext = context(),
  options: Partial<RemoteOptions> = {},
  operation = 'query ($a: Int) { f(a: $a) }',
): Promise<SubgraphResult> {
  return remoteSubgraph('erp', url, { post: http.post, ...options }).prepare(operation)({ a: 1 }, given);
}

const code = ({ errors }: SubgraphResult): unknown => errors?.[0]?.extensions;

test("an operation goes out with its variables, the correlation id and the owner's headers", async () => {
  const url = await serve(json(200, { data: { f: 1 } }));
  const result = await ask(url, context(), {
    headers: ({ correlationId }) => Promise.resolve({ 'x-pass': `for ${correlationId}` }),
  });
  expect(result).toEqual({ data: { f: 1 } });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    query: 'query ($a: Int) { f(a: $a) }',
    variables: { a: 1 },
  });
  expect(seen[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-correlation-id': 'c-1',
    'x-pass': 'for c-1',
  });
});

test('the trace and the idempotency key of the caller go along, where there are any', async () => {
  const url = await serve(json(200, { data: { f: 1 } }));
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { signal } = new AbortController();
  await ask(url, requestContext({ timeout: 10_000, signal, traceparent, idempotencyKey: 'order 7' }));
  await ask(url, context());
  expect(seen[0]?.headers).toMatchObject({ traceparent, 'idempotency-key': 'order 7' });
  expect(seen[1]?.headers).not.toHaveProperty('traceparent');
  expect(seen[1]?.headers).not.toHaveProperty('idempotency-key');
});

test('connections are kept: many requests use few', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((response, request) => {
    ports.add(request.socket.remotePort);
    json(200, { data: { f: 1 } })(response);
  });
  const subgraph = remoteSubgraph('erp', url, { post: http.post }).prepare('{ f }');
  for (let count = 0; count < 20; count += 1) await subgraph({}, context());
  expect(ports.size).toBeLessThan(5);
});

test('errors beside data come as they are, also those of a refused operation', async () => {
  const partial = {
    data: { f: null },
    errors: [{ message: 'no', path: ['f'], extensions: { code: 'NOT_FOUND' } }],
  };
  expect(await ask(await serve(json(200, partial)))).toEqual(partial);
  const refused = { errors: [{ message: 'Unknown field.' }] };
  expect(
    await ask(await serve(json(400, refused, { 'content-type': 'application/graphql-response+json' }))),
  ).toEqual(refused);
});

describe('a subgraph elsewhere that fails is a coded error with its name, and nothing of its host', () => {
  test('down', async () => {
    const url = await serve(json(200, { data: {} }));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const result = await ask(url);
    expect(code(result)).toEqual({ code: 'SYSTEM_UNAVAILABLE', system: 'erp' });
    expect(JSON.stringify(result)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
  });

  test('unknown host', async () => {
    const result = await ask('http://no-such-host.invalid/graphql');
    expect(code(result)).toEqual({ code: 'SYSTEM_UNAVAILABLE', system: 'erp' });
    expect(JSON.stringify(result)).not.toContain('no-such-host');
  });

  test('slow past the signal', async () => {
    const controller = new AbortController();
    const url = await serve(() => {
      controller.abort();
    });
    expect(code(await ask(url, context({ signal: controller.signal })))).toEqual({
      code: 'DEADLINE_EXCEEDED',
      system: 'erp',
    });
  });

  test('asked when the deadline has passed: it is not even called', async () => {
    const url = await serve(json(200, { data: {} }));
    expect(code(await ask(url, context({ timeout: 0 })))).toEqual({
      code: 'DEADLINE_EXCEEDED',
      system: 'erp',
    });
    expect(seen).toEqual([]);
  });

  test.each<[string, (response: ServerResponse) => void, object]>([
    ['429 with Retry-After', json(429, {}, { 'retry-after': '7' }), { code: 'RATE_LIMITED', retryAfter: 7 }],
    [
      '429 until a date',
      json(429, {}, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
      { code: 'RATE_LIMITED', retryAfter: 0 },
    ],
    ['429 without', json(429, {}), { code: 'RATE_LIMITED' }],
    [
      '503',
      json(503, { errors: [{ message: 'x' }] }, { 'retry-after': '2' }),
      { code: 'SYSTEM_UNAVAILABLE', retryAfter: 2 },
    ],
    ['500 with html', json(500, '<html>', { 'content-type': 'text/html' }), { code: 'SYSTEM_UNAVAILABLE' }],
    ['200 with html', json(200, '<html>', { 'content-type': 'text/html' }), { code: 'SYSTEM_UNAVAILABLE' }],
    ['truncated JSON', json(200, '{"data":{"f":1'), { code: 'SYSTEM_UNAVAILABLE' }],
    ['JSON that is no answer', json(200, '[1]'), { code: 'SYSTEM_UNAVAILABLE' }],
    ['an empty object', json(200, {}), { code: 'SYSTEM_UNAVAILABLE' }],
    ['data that is text', json(200, { data: 'x' }), { code: 'SYSTEM_UNAVAILABLE' }],
    ['errors that are none', json(200, { data: {}, errors: [1] }), { code: 'SYSTEM_UNAVAILABLE' }],
    [
      'a redirect, which is not followed',
      json(302, '', { location: 'http://127.0.0.1:1/' }),
      { code: 'SYSTEM_UNAVAILABLE' },
    ],
    ['data with an error status', json(500, { data: { f: 1 } }), { code: 'SYSTEM_UNAVAILABLE' }],
    ['a connection that is cut', (response) => response.destroy(), { code: 'SYSTEM_UNAVAILABLE' }],
    [
      'a body that is cut',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"data"', () => response.destroy());
      },
      { code: 'SYSTEM_UNAVAILABLE' },
    ],
  ])('%s', async (_what, answer, extensions) => {
    const result = await ask(await serve(answer));
    expect(code(result)).toEqual({ ...extensions, system: 'erp' });
    expect(result.data).toBeUndefined();
    expect(seen).toHaveLength(1);
  });
});

describe('a guard', () => {
  test('sees failures of the call and may try a query again, but not a mutation', async () => {
    const retries: boolean[] = [];
    const url = await serve((response) => {
      if (seen.length === 1) json(503, {})(response);
      else json(200, { data: { f: 2 } })(response);
    });
    const guard: RemoteOptions['guard'] = async (given, run, { retry }) => {
      retries.push(retry);
      try {
        return await run(given.signal);
      } catch (fault) {
        if (retry && fault instanceof Failure && fault.code === 'SYSTEM_UNAVAILABLE')
          return run(given.signal);
        throw fault;
      }
    };
    expect(await ask(url, context(), { guard })).toEqual({ data: { f: 2 } });
    seen = [];
    expect(code(await ask(url, context(), { guard }, 'mutation { f }'))).toEqual({
      code: 'SYSTEM_UNAVAILABLE',
      system: 'erp',
    });
    expect(retries).toEqual([true, false]);
  });

  test('that refuses or breaks is a failure of the fetch, and never a rejection', async () => {
    const url = await serve(json(200, { data: {} }));
    const refuse = (fault: Error): Partial<RemoteOptions> => ({ guard: () => Promise.reject(fault) });
    const busy = new Failure('RATE_LIMITED', 'Too many.', { system: 'erp', retryAfter: 1 });
    expect(code(await ask(url, context(), refuse(busy)))).toEqual({
      code: 'RATE_LIMITED',
      system: 'erp',
      retryAfter: 1,
    });
    expect(code(await ask(url, context(), refuse(new Error('secret'))))).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      system: 'erp',
    });
  });
});
