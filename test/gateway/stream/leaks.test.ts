import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { rude, type Rude } from './rude.ts';
import { serveFeed, transports, type ServedFeed } from './served.ts';
import { until } from './until.ts';

const query = 'subscription { changed { position text } }';

describe.each(transports)('subscribers that vanish from %s', (transport) => {
  let graph: ServedFeed;
  afterEach(async () => {
    await graph[Symbol.asyncDispose]();
  });

  const many = (count: number): Rude[] =>
    Array.from({ length: count }, () => rude(transport, graph.url, query));
  const nothingLeft = () => until(() => graph.feed.live() === 0 && graph.door.active() === 0);

  test('500 killed in the middle: no source is left', async () => {
    graph = await serveFeed();
    const clients = many(500);
    await until(() => graph.feed.live() === 500, 20_000);
    expect(graph.door.active()).toBe(500);
    graph.feed.tick();
    for (const one of clients) one.kill();
    graph.feed.tick();
    await nothingLeft();
  });

  test('200 that ask and are gone at once: no source is left', async () => {
    graph = await serveFeed();
    await Promise.all(
      many(200).map(async (one) => {
        await one.asked;
        one.kill();
      }),
    );
    await until(() => graph.answered.length === graph.feed.begun() || graph.feed.live() === 0);
    await nothingLeft();
  });
});

test('200 that use an id twice: each is closed, and no source is left', async () => {
  const graph = await serveFeed();
  const codes = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const socket = new WebSocket(graph.url.replace('http', 'ws'), 'graphql-transport-ws');
      const closed = once(socket, 'close') as Promise<[number]>;
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      for (let time = 0; time < 2; time += 1)
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      return (await closed)[0];
    }),
  );
  expect(new Set(codes)).toEqual(new Set([4409]));
  await until(() => graph.feed.live() === 0 && graph.door.active() === 0);
  await graph[Symbol.asyncDispose]();
});
