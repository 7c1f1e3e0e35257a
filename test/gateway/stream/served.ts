import type { FormattedExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createDoor, selfDeclared, type Answered, type DoorOptions } from '../../../gateway/server.ts';
import { listen, type Listening } from '../../../runtime/listen.ts';
import { createFeed, feedEngine, type Feed } from './feed.ts';

export interface ServedFeed extends AsyncDisposable {
  readonly feed: Feed;
  readonly url: string;
  readonly listening: Listening;
  readonly door: ReturnType<typeof createDoor>;
  readonly answered: Answered[];
}

/** The door over the feed, behind the very listener that serves the graph. */
export async function serveFeed(
  options: Partial<DoorOptions> = {},
  feed: Feed = createFeed(),
): Promise<ServedFeed> {
  const answered: Answered[] = [];
  const door = createDoor({
    engine: feedEngine(feed),
    timeout: 2000,
    bodyLimit: 100_000,
    suggestions: true,
    authenticate: selfDeclared(),
    answered: (one) => answered.push(one),
    ...options,
  });
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
    ...door,
    answer(request, response) {
      if (!door(request, response)) response.writeHead(404).end();
    },
    failed: () => undefined,
    drainTimeout: 5000,
  });
  return {
    feed,
    url: `${listening.url}/graphql`,
    listening,
    door,
    answered,
    [Symbol.asyncDispose]: () => listening.close(),
  };
}

export type Result = FormattedExecutionResult;

/** One client of either transport, by the library that its protocol comes from. */
export interface Client {
  iterate(query: string, variables?: Record<string, unknown>): AsyncIterableIterator<Result>;
  end(): void;
}

export const transports = ['WebSocket', 'SSE'] as const;
export type Transport = (typeof transports)[number];

type Headers = Readonly<Record<string, string>>;

export function client(transport: Transport, url: string, headers: Headers = {}): Client {
  if (transport === 'SSE') {
    const sse = createSseClient({ url, headers: { ...headers }, retryAttempts: 0 });
    return {
      iterate: (query, variables) => sse.iterate({ query, ...(variables ? { variables } : {}) }) as never,
      end: () => {
        sse.dispose();
      },
    };
  }
  const ws = createWsClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { ...headers },
    retryAttempts: 0,
  });
  return {
    iterate: (query, variables) => ws.iterate({ query, ...(variables ? { variables } : {}) }) as never,
    end: () => void ws.dispose(),
  };
}
