import { once } from 'node:events';
import { Agent, get, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { Failure } from '../../runtime/failure.ts';
import { listen, type Listening, type ListenOptions } from '../../runtime/listen.ts';
import { createMetrics } from '../../runtime/telemetry.ts';

const open: Listening[] = [];
const failures: unknown[] = [];
const start = async (over: Partial<ListenOptions> = {}): Promise<Listening> => {
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
    drainTimeout: 5000,
    answer: (_, response) => {
      response.end('ok');
    },
    failed: (error) => failures.push(error),
    ...over,
  });
  open.push(listening);
  return listening;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.close()));
});

const fetched = async (
  url: string,
  agent?: Agent,
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: string }> => {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

test('a port in use is refused with what to do', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  await expect(start({ port, setting: 'SANDBOX_PORT' })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `Port ${port} on 127.0.0.1 is in use; stop the process that has it, or set SANDBOX_PORT to another number.`,
  });
  await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
});

test('health, readiness and metrics are there for every process', async () => {
  let broken = false;
  const { url } = await start({
    checks: {
      store: () => (broken ? Promise.reject(new Error('secret host')) : Promise.resolve()),
      other: () => Promise.resolve(),
    },
    metrics: createMetrics(),
  });
  expect(await fetched(`${url}/health/live`)).toMatchObject({ status: 200, body: '{"status":"live"}' });
  expect(await fetched(`${url}/health/ready`)).toMatchObject({ status: 200, body: '{"status":"ready"}' });
  broken = true;
  expect(await fetched(`${url}/health/ready`)).toMatchObject({
    status: 503,
    body: '{"status":"not ready","missing":["store"]}',
  });
  expect((await fetched(`${url}/metrics`)).body).toContain('process_cpu_seconds_total');
  expect((await fetched(`${url}/other`)).body).toBe('ok');
});

test('a failure is answered as a problem, an unknown one without what is underneath', async () => {
  let error: Error = new Failure('RATE_LIMITED', 'Too many; wait.', { system: 'crm', retryAfter: 7 });
  const { url } = await start({ answer: () => Promise.reject(error) });
  const told = await fetched(url);
  expect(told).toMatchObject({
    status: 429,
    headers: { 'retry-after': '7', 'content-type': 'application/problem+json; charset=utf-8' },
  });
  expect(JSON.parse(told.body)).toEqual({
    type: 'about:blank',
    title: 'rate limited',
    status: 429,
    detail: 'Too many; wait.',
    code: 'RATE_LIMITED',
    system: 'crm',
    retryAfter: 7,
    correlationId: told.headers['x-correlation-id'],
  });
  expect(told.headers['x-correlation-id']).toMatch(/^[\da-f-]{36}$/);
  error = new Error('password is hunter2');
  const masked = await fetched(url);
  expect(masked.status).toBe(500);
  expect(masked.body).not.toContain('hunter2');
  expect(failures.at(-1)).toBe(error);
});

test('an answer that throws at once is a problem too', async () => {
  const { url } = await start({
    answer: () => {
      throw new Error('at once');
    },
  });
  expect((await fetched(url)).status).toBe(500);
});

test('requests in flight when it closes all finish; new ones find nobody; kept connections are ended', async () => {
  const gate = Promise.withResolvers<undefined>();
  const arrived = Promise.withResolvers<undefined>();
  let waiting = 0;
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (incoming.url === '/quick') {
      response.end('quick');
      return;
    }
    if (incoming.url === '/begun') response.write('begun ');
    if (++waiting === 20) arrived.resolve(undefined);
    await gate.promise;
    response.end('done');
  };
  const listening = await start({ answer });
  const agent = new Agent({ keepAlive: true });
  await fetched(`${listening.url}/quick`, agent);
  const slow = Array.from({ length: 20 }, (_, n) =>
    fetched(`${listening.url}/${n < 5 ? 'begun' : 'slow'}`, agent),
  );
  await arrived.promise;
  const idle = connect(Number(new URL(listening.url).port), '127.0.0.1');
  await once(idle, 'connect');
  const idleEnded = once(idle, 'close');
  const closing = listening.close();
  // Within the notice the door still answers, and says that it closes.
  const ready = await fetched(`${listening.url}/health/ready`);
  expect(ready).toMatchObject({
    status: 503,
    body: '{"status":"draining"}',
    headers: { connection: 'close' },
  });
  await idleEnded;
  await expect(fetched(`${listening.url}/quick`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  gate.resolve(undefined);
  const answers = await Promise.all(slow);
  expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(
    answers.map((_, n) => (n < 5 ? '200 begun done' : '200 done')),
  );
  expect(answers.filter(({ headers }) => headers.connection === 'close')).toHaveLength(15);
  await closing;
  agent.destroy();
});

test('a request that never ends does not hold the process beyond the drain timeout', async () => {
  const listening = await start({ drainTimeout: 50, answer: () => undefined });
  const hanging = request(listening.url).end();
  const cut = once(hanging, 'error');
  await once(listening.server, 'request');
  await listening.close();
  expect(await cut).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('requests for a WebSocket go where they belong, those for any other protocol are answered', async () => {
  const upgraded: (string | undefined)[] = [];
  const { url } = await start({
    upgrade: ({ headers }, socket) => {
      upgraded.push(headers.upgrade);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    },
  });
  const port = Number(new URL(url).port);
  const head = (protocol: string) =>
    `GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: ${protocol}\r\n\r\n`;
  const asked = async (protocol: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(head(protocol));
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return first.toString();
  };
  expect(await asked('WebSocket')).toMatch(/^HTTP\/1\.1 101/);
  expect(await asked('h2c')).toMatch(/^HTTP\/1\.1 200/);
  expect(upgraded).toEqual(['WebSocket']);
});

test('a drain ends what would not end by itself, and does not wait for what does not listen', async () => {
  const order: string[] = [];
  const streams: ServerResponse[] = [];
  const listening = await start({
    drainTimeout: 300,
    answer: (_, response) => {
      streams.push(response.writeHead(200));
      response.write('on and on');
    },
    upgrade: (_, socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    },
    drain: () => {
      order.push('drained');
      for (const response of streams) response.end('; the end');
      return Promise.resolve();
    },
  });
  const { port } = new URL(listening.url);
  const [response] = (await once(get(listening.url), 'response')) as [IncomingMessage];
  const stubborn = connect(Number(port), '127.0.0.1');
  stubborn.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  await once(stubborn, 'data');
  const gone = once(stubborn, 'close');
  const closed = listening.close().then(() => order.push('closed'));
  expect(await text(response)).toBe('on and on; the end');
  await Promise.all([closed, gone]);
  expect(order).toEqual(['drained', 'closed']);
});
