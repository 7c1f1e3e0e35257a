import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { openPlain, type Plain } from './plain.ts';
import { serveFeed, type ServedFeed } from './served.ts';
import { until } from './until.ts';

let served: ServedFeed | undefined;
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await served?.[Symbol.asyncDispose]();
  served = undefined;
});

async function serve(...parameters: Parameters<typeof serveFeed>): Promise<ServedFeed> {
  return (served = await serveFeed(...parameters));
}

async function open(...parameters: Parameters<typeof openPlain>): Promise<Plain> {
  const plain = await openPlain(...parameters);
  sockets.push(plain.socket);
  return plain;
}

const init = { type: 'connection_init' };
const subscribe = (id: string, query = 'subscription { changed { position } }') => ({
  id,
  type: 'subscribe',
  payload: { query },
});

const misuse: Readonly<Record<string, readonly [readonly unknown[], number]>> = {
  'a message that is no JSON': [['{'], 4400],
  'a message of no known type': [[{ type: 'start' }], 4400],
  'a subscription without a document': [[init, { id: '1', type: 'subscribe', payload: {} }], 4400],
  'variables that are a list': [
    [init, { id: '1', type: 'subscribe', payload: { query: '{ a }', variables: [] } }],
    4400,
  ],
  'an operation before it is let in': [[subscribe('1')], 4401],
  'who it is in another form': [[{ ...init, payload: { 'x-principal': 7 } }], 4403],
  'a name that is none': [[{ ...init, payload: { 'x-principal': 'two words' } }], 4403],
  'an id twice': [[init, subscribe('1'), subscribe('1')], 4409],
  'introducing itself twice': [[init, init], 4429],
  'a message that is too long': [['x'.repeat(100_001)], 1009],
};

test.each(Object.keys(misuse))('%s closes the connection with its code', async (name) => {
  const [messages = [], code] = misuse[name] ?? [];
  const graph = await serve();
  const one = await open(graph.url);
  one.say(...messages);
  expect((await one.closed()).code).toBe(code);
  await until(() => graph.feed.live() === 0 && graph.door.active() === 0);
});

test('a client that does not speak the protocol is told so', async () => {
  const { url } = await serve();
  expect((await (await open(url, {}, [])).closed()).code).toBe(4406);
});

test('a client that does not introduce itself is not waited for', async () => {
  const { url } = await serve({ streams: { init: 50 } });
  expect((await (await open(url)).closed()).code).toBe(4408);
});

test('a ping is answered, and who does not answer ours is gone', async () => {
  const graph = await serve({ streams: { ping: 100 } });
  const alive = await open(graph.url);
  alive.say({ type: 'ping', payload: { a: 1 } });
  await until(() => alive.heard.length === 1);
  expect(alive.heard).toEqual([{ type: 'pong', payload: { a: 1 } }]);
  const dead = await open(graph.url, { autoPong: false });
  dead.say(init, subscribe('1'));
  await until(() => graph.feed.live() === 1);
  expect((await dead.closed()).code).toBe(1006);
  await until(() => graph.feed.live() === 0);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
});

test('an id may be used again at once when its operation is complete', async () => {
  const graph = await serve();
  const one = await open(graph.url);
  one.say(init, subscribe('1'));
  await until(() => graph.feed.live() === 1);
  one.say({ id: '1', type: 'complete' }, subscribe('1'));
  await until(() => graph.feed.begun() === 2 && graph.feed.live() === 1);
  graph.feed.tick();
  await until(() => one.heard.length === 2);
  expect(one.heard.at(-1)).toEqual({
    id: '1',
    type: 'next',
    payload: { data: { changed: { position: 1 } } },
  });
});

test('errors before the beginning are one message of that type, and the connection goes on', async () => {
  const { url } = await serve();
  const one = await open(url);
  one.say(
    init,
    subscribe('1', 'subscription { refused }'),
    subscribe('2', 'subscription { counted(to: 1) }'),
  );
  await until(() => one.heard.length >= 4);
  expect(one.heard.filter(({ id }) => id === '1')).toEqual([
    {
      id: '1',
      type: 'error',
      payload: [
        { message: 'This is no cursor of ours.', extensions: { code: 'INVALID_CURSOR', system: 'ticker' } },
      ],
    },
  ]);
  expect(one.heard.filter(({ id }) => id === '2').map(({ type }) => type)).toEqual(['next', 'complete']);
});

test('more operations than one connection may have are refused, and others go on', async () => {
  const graph = await serve({ streams: { perConnection: 2 } });
  const one = await open(graph.url);
  one.say(init, subscribe('1'), subscribe('2'), subscribe('3'));
  await until(() => one.heard.length === 2);
  expect(one.heard[1]).toMatchObject({
    id: '3',
    type: 'error',
    payload: [{ extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' } }],
  });
  one.say({ id: '1', type: 'complete' });
  await until(() => graph.feed.live() === 1);
  one.say(subscribe('4'));
  await until(() => graph.feed.live() === 2);
});

/** What is answered in place of another protocol. */
async function refused(port: number, headers: readonly string[]): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1');
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==';
  const head = ['connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13', key, ...headers];
  socket.write(`GET /graphql HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += String(chunk);
    if (text.startsWith('HTTP/1.1 101')) break;
  }
  return text;
}

test('behind a proxy that ends TLS, a WebSocket that was asked for without is refused', async () => {
  const graph = await serve({ behindProxy: true });
  const asked = (proto: string) => open(graph.url, { headers: { 'x-forwarded-proto': proto } });
  await expect(asked('http')).rejects.toThrow('403');
  expect((await asked('https')).socket.readyState).toBe(WebSocket.OPEN);
});

test('pages of other sites, other host names and other paths do not get a WebSocket', async () => {
  const graph = await serve({ hosts: ['127.0.0.1'], origins: ['https://app.example.com'] });
  const port = Number(new URL(graph.url).port);
  const host = `host: 127.0.0.1:${port}`;
  expect(await refused(port, [host, 'origin: https://evil.example'])).toContain('ORIGIN_NOT_ALLOWED');
  expect(await refused(port, [host, 'origin: null'])).toContain('ORIGIN_NOT_ALLOWED');
  expect(await refused(port, ['host: evil.example'])).toContain('HOST_NOT_ALLOWED');
  expect(await refused(port, [host, `origin: http://127.0.0.1:${port}`])).toMatch(/^HTTP\/1\.1 101/);
  expect(await refused(port, [host, 'origin: https://app.example.com'])).toMatch(/^HTTP\/1\.1 101/);
  expect(await refused(port, [host])).toMatch(/^HTTP\/1\.1 101/);
  const elsewhere = new WebSocket(graph.url.replace('http', 'ws').replace('/graphql', '/other'));
  await expect(once(elsewhere, 'open')).rejects.toThrow('404');
});

test('more connections than there may be are refused', async () => {
  const graph = await serve({ streams: { connections: 1 } });
  await open(graph.url);
  await expect(open(graph.url)).rejects.toThrow('503');
  const answer = await fetch(graph.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { counted(to: 1) }' }),
  });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    errors: [{ extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' } }],
  });
});

test('who stops closes the connection with a code and the cursor to go on from', async () => {
  const graph = await serve();
  const one = await open(graph.url);
  one.say(init, subscribe('1'));
  await until(() => graph.feed.live() === 1);
  graph.feed.tick();
  await until(() => one.heard.length === 2);
  const stopped = graph.listening.close();
  expect(await one.closed()).toEqual({ code: 4503, reason: 'draining; resume after at-1' });
  expect(one.heard.at(-1)).toMatchObject({
    id: '1',
    type: 'error',
    payload: [{ extensions: { code: 'SERVER_DRAINING', cursor: 'at-1' } }],
  });
  await stopped;
});

const asked = { query: 'subscription { counted(to: 1) }' };
const post = (url: string, accept: string, query = asked.query): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  });

test('a subscription without a stream to answer it is refused with how to ask', async () => {
  const { url } = await serve();
  const answer = await post(url, 'application/graphql-response+json');
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    errors: [
      {
        message: expect.stringContaining('text/event-stream'),
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      },
    ],
  });
});

test('server-sent events are exactly those of the protocol', async () => {
  const graph = await serve();
  const answer = await post(graph.url, 'text/event-stream');
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('x-correlation-id')).toMatch(/^[\w-]{36}$/);
  expect(await answer.text()).toBe(
    ':\n\nevent: next\ndata: {"data":{"counted":1}}\n\nevent: complete\ndata:\n\n',
  );
});

test('a stream of events in which nothing happens shows signs of life, and says where each event is', async () => {
  const graph = await serve({ streams: { ping: 20 } });
  const answer = await post(graph.url, 'text/event-stream', 'subscription { changed { position } }');
  let heard = '';
  const reading = (async () => {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      heard += chunk;
      if (heard.includes('next')) break;
    }
  })();
  await until(() => heard.startsWith(':\n\n:\n\n:\n\n'));
  graph.feed.tick();
  await reading;
  expect(heard.replaceAll(':\n\n', '')).toBe(
    'event: next\nid: at-1\ndata: {"data":{"changed":{"position":1}}}\n\n',
  );
});

test('a client that takes both kinds of answers gets a stream for subscriptions only', async () => {
  const { url } = await serve();
  const both = 'application/json, text/event-stream';
  expect((await post(url, both, '{ ticks }')).headers.get('content-type')).toContain('application/json');
  expect((await post(url, both)).headers.get('content-type')).toContain('text/event-stream');
});

test('a page can listen by GET, and only a page of ours', async () => {
  const { url } = await serve();
  const address = `${url}?query=${encodeURIComponent(asked.query)}`;
  const accept = { accept: 'text/event-stream' };
  const ours = await fetch(address, { headers: { ...accept, 'sec-fetch-site': 'same-origin' } });
  expect(await ours.text()).toContain('event: complete');
  const forged = await fetch(address, { headers: { ...accept, 'sec-fetch-site': 'cross-site' } });
  expect(await forged.json()).toMatchObject({ errors: [{ extensions: { code: 'CSRF_PREVENTED' } }] });
  const mutation = `${url}?query=${encodeURIComponent('mutation { tick(id: 1) }')}`;
  const changed = await fetch(mutation, { headers: { ...accept, 'sec-fetch-site': 'same-origin' } });
  expect(changed.status).toBe(405);
});
