import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Duplex } from 'node:stream';
import type { RequestContext } from '../context.ts';
import { Failure } from '../failure.ts';
import type { Admitted } from '../pass.ts';
import { sendEvents } from './events.ts';
import type { Running, ToldError } from './running.ts';
import { createSockets } from './sockets.ts';
import { subgraphStreams, type SubgraphRequest } from './subgraph.ts';
import { createWatch } from './watch.ts';

export interface ServedStreamsOptions {
  readonly schema: GraphQLSchema;
  /** As in `ServedSubgraph`, with what a client of a WebSocket introduced itself with among the headers. */
  readonly admit: (headers: IncomingMessage['headers']) => Promise<Admitted>;
  readonly timeout: number;
  /** What the caller tells of its own caller. */
  readonly told: (headers: IncomingMessage['headers']) => Partial<RequestContext>;
}

export interface ServedStreams {
  readonly events: (response: ServerResponse, request: SubgraphRequest) => Promise<void>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Operations now. */
  readonly active: () => number;
  readonly drain: () => Promise<void>;
}

const draining: ToldError = {
  message: 'This server takes no more; connect again and go on after the cursor.',
  extensions: { code: 'SERVER_DRAINING' },
};
const limits = { init: 3000, ping: 12_000, slow: 10_000, message: 1024 * 1024 };

/** The subscriptions of a subgraph apart, by both transports, for our gateway and for any other router. */
export function servedStreams({ schema, admit, timeout, told }: ServedStreamsOptions): ServedStreams {
  const streams = subgraphStreams(schema, timeout);
  const watch = createWatch(limits);
  const open = new Set<Running>();
  const sockets = createSockets<Pick<SubgraphRequest, 'admitted' | 'told'>>({
    limits,
    watch,
    async greet({ headers }, introduction) {
      const all = { ...headers, ...texts(introduction) };
      try {
        return { admitted: await admit(all), told: told(all) };
      } catch (fault) {
        return { closeCode: 4403, reason: fault instanceof Failure ? fault.message : 'Forbidden' };
      }
    },
    begin: (caller, payload) => streams.begin({ ...payload, ...caller }),
    failed: () => undefined,
  });

  return {
    async events(response, request) {
      const running = streams.begin(request);
      open.add(running);
      await sendEvents(response, running, watch, []).finally(() => open.delete(running));
    },
    upgrade: sockets.upgrade,
    active: streams.active,
    async drain() {
      for (const running of open) running.stop([draining]);
      await sockets.drain([draining]);
    },
  };
}

/** Header names are in lower case. */
function texts(introduction: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(introduction).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
    ),
  );
}
