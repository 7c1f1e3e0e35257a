import { afterEach, describe, expect, test } from '@jest/globals';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { serveFeedApart, type ServedApart } from './apart.ts';
import { client, transports, type Client, type Result } from './served.ts';
import { until } from './until.ts';

const changed = 'subscription Changes { changed { position product { id units } } }';
const told = (position: number) => ({ data: { changed: { position, product: { id: '1', units: 10 } } } });

let graph: ServedApart;
let one: Client;
afterEach(async () => {
  one.end();
  await graph[Symbol.asyncDispose]();
});

describe('a subscription whose subgraphs are elsewhere', () => {
  async function subscribed(query = changed): Promise<AsyncIterator<Result>> {
    graph = await serveFeedApart();
    one = client('WebSocket', graph.url);
    return one.iterate(query);
  }

  test('is told each event with what the others know, and leaves nothing behind', async () => {
    const results = await subscribed();
    const first = results.next();
    await until(() => graph.feed.live() === 1);
    graph.feed.tick();
    graph.feed.tick();
    expect((await first).value).toEqual(told(1));
    expect((await results.next()).value).toEqual(told(2));
    void results.return?.();
    await until(() => graph.feed.live() === 0);
  });

  test('shares the rest of its plan with all who ask the same', async () => {
    graph = await serveFeedApart();
    one = client('WebSocket', graph.url);
    const all = Array.from({ length: 4 }, () => one.iterate(changed).next());
    const other = one.iterate(changed.replace('units', 'more: units')).next();
    await until(() => graph.feed.live() === 5);
    graph.feed.tick();
    for (const { value } of await Promise.all(all)) expect(value).toEqual(told(1));
    expect((await other).value).toEqual({
      data: { changed: { position: 1, product: { id: '1', more: 10 } } },
    });
    expect(graph.feed.executions.length).toBe(2);
  });

  test('is complete when its source is', async () => {
    const results = await subscribed('subscription { counted(to: 1) }');
    expect((await results.next()).value).toEqual({ data: { counted: 1 } });
    expect((await results.next()).done).toBe(true);
  });

  test('is refused with the code that its source gives', async () => {
    const results = await subscribed('subscription { refused }');
    await expect(results.next()).rejects.toMatchObject([
      { message: 'This is no cursor of ours.', extensions: { code: 'INVALID_CURSOR', system: 'ticker' } },
    ]);
  });

  test('is told where to go on when the process of its source stops', async () => {
    const results = await subscribed();
    const first = results.next();
    await until(() => graph.feed.live() === 1);
    graph.feed.tick();
    await first;
    const ended = expect(results.next()).rejects.toMatchObject([
      { extensions: { code: 'SERVER_DRAINING', system: 'ticker', cursor: 'at-1' } },
    ]);
    await graph.stop();
    await ended;
  });

  test('is told that its source cannot be reached', async () => {
    graph = await serveFeedApart();
    await graph.stop();
    one = client('WebSocket', graph.url);
    await expect(one.iterate(changed).next()).rejects.toMatchObject([
      { extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'ticker' } },
    ]);
  });
});

describe.each(transports)('another router at a subgraph, over %s', (transport) => {
  async function router(headers: Readonly<Record<string, string>>): Promise<void> {
    const url = `${graph.subgraphs}/ticker`;
    if (transport === 'SSE') {
      const sse = createSseClient({ url, headers: { ...headers }, retryAttempts: 0 });
      one = {
        iterate: (query) => sse.iterate({ query }) as never,
        end: () => {
          sse.dispose();
        },
      };
      return;
    }
    const ws = createWsClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: headers,
      retryAttempts: 0,
    });
    one = { iterate: (query) => ws.iterate({ query }) as never, end: () => void ws.dispose() };
    await Promise.resolve();
  }

  test('is served events as any subgraph would serve them', async () => {
    graph = await serveFeedApart();
    await router(await graph.passes('ticker'));
    const results = one.iterate('subscription { changed { position product { __typename id } } }');
    const first = results.next();
    await until(() => graph.feed.live() === 1);
    graph.feed.tick();
    expect((await first).value).toEqual({
      data: { changed: { position: 1, product: { __typename: 'Product', id: '1' } } },
    });
    void results.return?.();
    await until(() => graph.feed.live() === 0);
  });

  test('is refused without a pass', async () => {
    graph = await serveFeedApart();
    await router({});
    await expect(one.iterate('subscription { changed { position } }').next()).rejects.toBeDefined();
    expect(graph.feed.begun()).toBe(0);
  });
});

test('a subgraph apart takes subscriptions by GET, as some routers send them, and from nobody without a pass', async () => {
  graph = await serveFeedApart();
  const variables = JSON.stringify({ id: '1' });
  const asked = new URLSearchParams({
    query: 'subscription ($id: ID) { changed(id: $id) { position } }',
    variables,
  });
  const headers = { accept: 'text/event-stream' };
  const url = `${graph.subgraphs}/ticker?${asked.toString()}`;
  expect((await fetch(url, { headers })).status).toBe(401);
  const gone = new AbortController();
  const response = await fetch(url, {
    headers: { ...headers, ...(await graph.passes('ticker')) },
    signal: gone.signal,
  });
  await until(() => graph.feed.live() === 1);
  graph.feed.tick('2');
  graph.feed.tick('1');
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('data')) break;
  }
  expect(text).toContain('{"data":{"changed":{"position":2}}}');
  gone.abort();
  await until(() => graph.feed.live() === 0);
});
