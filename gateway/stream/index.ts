import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { sendEvents } from '../../runtime/streaming/events.ts';
import type { Running } from '../../runtime/streaming/running.ts';
import { createSockets } from '../../runtime/streaming/sockets.ts';
import { createExpiry, expiredError } from '../../runtime/streaming/expiry.ts';
import { createWatch } from '../../runtime/streaming/watch.ts';
import type { Authenticate } from '../http/authentication.ts';
import type { Introduced } from '../http/caller.ts';
import { parametersOf, type Parameters } from '../http/parameters.ts';
import { correlationOf } from '../../runtime/correlation.ts';
import { refuse, type HttpRefusal } from '../http/refusal.ts';
import { sendRefusal } from '../http/respond.ts';
import { greeted, type Greeted } from './greeting.ts';
import { createStreams, type StreamsOptions } from './streams.ts';
import { drainingError } from './told.ts';
import { foreignPage, refuseUpgrade } from './upgrade.ts';

export { defaultStreamLimits, streamLimits, type StreamLimits } from './limits.ts';

export interface StreamingOptions extends StreamsOptions {
  /** Bytes of one message of a client. */
  readonly messageLimit: number;
  readonly authenticate: Authenticate;
  readonly origins: readonly string[];
}

/** A request whose answer is a stream of events. */
export interface EventsRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly correlationId: string;
  readonly headers: readonly string[];
}

/** Subscriptions over WebSocket and server-sent events: the transports differ, what they carry does not. */
export interface Streaming {
  /** Answers a request to the GraphQL path with a stream of events. */
  readonly events: (exchange: EventsRequest, parameters: Parameters, caller: Introduced) => void;
  /** Takes over the connection of a request for a WebSocket at the GraphQL path, or refuses it. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Subscriptions now. */
  readonly active: () => number;
  /** Ends all operations and their connections, each told where to go on; resolves when they are closed. */
  readonly drain: () => Promise<void>;
}

const full = refuse(
  503,
  'SUBSCRIPTION_LIMIT_EXCEEDED',
  'This server has as many connections with subscriptions as it may; try again later.',
);
const closing = refuse(503, 'SERVER_DRAINING', 'This server takes no more connections; connect again.');

/** A request that cannot be read. */
function unread({ message, code }: HttpRefusal) {
  const refused = { message, extensions: { code } };
  return { query: '', documentId: undefined, operationName: undefined, variables: {}, refused };
}

export function createStreaming(options: StreamingOptions): Streaming {
  const { limits, answered } = options;
  const streams = createStreams(options);
  const watch = createWatch(limits);
  const expiry = createExpiry();
  const open = new Map<Running, ServerResponse>();
  let draining = false;
  const sockets = createSockets<Greeted>({
    limits: { ...limits, message: options.messageLimit },
    watch,
    expires: ({ caller }, end) => expiring(caller, end),
    greet: ({ headers }, introduction) =>
      greeted(headers, introduction, options.authenticate, ({ status, code }) => {
        const correlationId = correlationOf(headers);
        answered({ correlationId, method: 'WEBSOCKET', status, took: 0, operation: undefined, code });
      }),
    begin(caller, payload, operations) {
      const parameters = parametersOf({ ...payload });
      return streams.begin({
        ...(parameters.refused ? unread(parameters) : parameters),
        ...caller,
        method: 'WEBSOCKET',
        open: operations,
      });
    },
    welcome: ({ correlationId }) => ({ correlationId }),
    failed(fault) {
      const none = { correlationId: '', method: 'WEBSOCKET', took: 0, operation: undefined };
      answered({ ...none, status: 500, code: 'INTERNAL_SERVER_ERROR', fault });
    },
  });

  function expiring({ principal: { expires } }: Introduced, end: () => void): (() => void) | undefined {
    return expires === undefined ? undefined : expiry.add(expires, end);
  }

  function unavailable(): HttpRefusal | undefined {
    if (draining) return closing;
    return open.size + sockets.size() < limits.connections ? undefined : full;
  }

  return {
    events({ request, response, correlationId, headers }, parameters, caller) {
      const method = request.method ?? '';
      const refusal = unavailable();
      if (refusal) {
        sendRefusal({ response, correlationId, headers }, 'application/json', refusal);
        answered({ correlationId, method, status: 503, took: 0, operation: undefined, code: refusal.code });
        return;
      }
      const running = streams.begin({ ...parameters, caller, correlationId, method, open: 0 });
      open.set(running, response);
      const forget = expiring(caller, () => {
        running.stop([expiredError]);
      });
      response.once('close', () => {
        open.delete(running);
        forget?.();
      });
      void sendEvents(response, running, watch, ['x-correlation-id', correlationId, ...headers]);
    },
    upgrade(request, socket, head) {
      const refusal = foreignPage(request, options.origins) ?? unavailable();
      if (refusal) refuseUpgrade(socket, refusal);
      else sockets.upgrade(request, socket, head);
    },
    active: streams.active,
    async drain() {
      draining = true;
      streams.drain();
      for (const running of open.keys()) running.stop([drainingError]);
      await sockets.drain([drainingError]);
    },
  };
}
