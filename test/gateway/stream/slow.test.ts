import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { client, serveFeed, type ServedFeed } from './served.ts';
import { until } from './until.ts';

const query = 'subscription { changed { position text } }';
/** Characters of one event: with 200 of them, far more than what may be held for one client. */
const size = 256 * 1024;
const most = 20 * 1024 * 1024;

let graph: ServedFeed;
afterEach(async () => {
  await graph[Symbol.asyncDispose]();
});

function flood(): void {
  const text = 'x'.repeat(size);
  for (let event = 0; event < 200; event += 1) graph.feed.tick('1', text);
}

test('a WebSocket that takes nothing is closed with its cursor, and has cost next to nothing', async () => {
  graph = await serveFeed({ streams: { slow: 300 } });
  const socket = new WebSocket(graph.url.replace('http', 'ws'), 'graphql-transport-ws');
  const heard: string[] = [];
  socket.on('message', (text: Buffer) => heard.push(text.toString()));
  const closed = once(socket, 'close') as Promise<[number, Buffer]>;
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  await until(() => graph.feed.live() === 1);
  socket.pause();
  flood();
  await until(() => graph.feed.live() === 0);
  expect(graph.feed.taken() * size).toBeLessThan(most);

  socket.resume();
  const [code, reason] = await closed;
  const last = /"position":(\d+)/.exec(heard.at(-1) ?? '')?.[1] ?? '';
  expect(code).toBe(4410);
  expect(reason.toString()).toBe(`slow; resume after at-${last}`);
  expect(heard.length - 1).toBe(Number(last));
});

test('a stream of events that nobody reads is cut off, and has cost next to nothing', async () => {
  graph = await serveFeed({ streams: { slow: 300 } });
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const sent = request(graph.url, { method: 'POST', headers });
  sent.end(JSON.stringify({ query }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.pause();
  await until(() => graph.feed.live() === 1);
  flood();
  await until(() => graph.feed.live() === 0);
  expect(graph.feed.taken() * size).toBeLessThan(most);
  const broken = once(response, 'error');
  response.resume();
  await broken;
});

test('a slow reader holds up nobody else', async () => {
  graph = await serveFeed();
  const socket = new WebSocket(graph.url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  await until(() => graph.feed.live() === 1);
  socket.pause();
  const other = client('WebSocket', graph.url);
  const results = other.iterate(query);
  const first = results.next();
  await until(() => graph.feed.live() === 2);
  flood();
  await first;
  for (let event = 1; event < 200; event += 1) await results.next();
  expect(graph.feed.live()).toBe(2);
  socket.terminate();
  other.end();
});
