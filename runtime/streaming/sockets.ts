import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { makeServer, handleProtocols, type SubscribePayload } from 'graphql-ws';
import { GraphQLError, GraphQLSchema, parse } from 'graphql';
import { WebSocketServer, type WebSocket } from 'ws';
import { connection, type Connection } from './connection.ts';
import { driven } from './driven.ts';
import { expiredError } from './expiry.ts';
import type { Running, ToldError } from './running.ts';
import type { Patience, Watch } from './watch.ts';

export interface SocketLimits extends Patience {
  /** Milliseconds in which a client must have introduced itself. */
  readonly init: number;
  /** Bytes of one message of a client. */
  readonly message: number;
}

export interface SocketOptions<Caller> {
  readonly limits: SocketLimits;
  readonly watch: Watch;
  /** Who has connected, by the request and by what the client says when it introduces itself, or why it may not. */
  readonly greet: (
    request: IncomingMessage,
    introduction: Readonly<Record<string, unknown>>,
  ) => Promise<Caller | Unwelcome> | Caller | Unwelcome;
  /** What a client that was let in is told. */
  readonly welcome?: (caller: Caller) => Record<string, unknown>;
  /** Has `end` called when a caller counts no longer, unless the result was called first; absent where callers may stay. */
  readonly expires?: (caller: Caller, end: () => void) => (() => void) | undefined;
  /** Begins an operation; `open` is how many the connection has already. */
  readonly begin: (caller: Caller, payload: SubscribePayload, open: number) => Running;
  /** Told of faults of our own. */
  readonly failed: (fault: unknown) => void;
}

/** Why nobody is let in. */
export interface Unwelcome {
  /** A close code of WebSocket, or of the protocol. */
  readonly closeCode: number;
  readonly reason: string;
}

/** WebSockets of the protocol graphql-transport-ws. */
export interface Sockets {
  /** Takes over the connection of a request that was found good. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Connections now. */
  size(): number;
  /** Ends every operation with these errors, then every connection with a code that says where to go on. */
  drain(errors: readonly ToldError[]): Promise<void>;
}

interface Extra<Caller> {
  /** Until the client has introduced itself. */
  request: IncomingMessage | undefined;
  readonly connection: Connection;
  caller?: Caller;
  forget?: (() => void) | undefined;
  expired?: true;
}

/**
 * The library takes a message that was read as well as a text, of which it would keep hold for as long as the operation
 * runs; what is no message it gets as it came, to refuse it.
 */
function read(text: string): string {
  try {
    const message = JSON.parse(text) as unknown;
    return typeof message === 'object' && message !== null ? (message as unknown as string) : text;
  } catch {
    return text;
  }
}

/** What the library executes is decided here, whatever the document. */
const any = { schema: new GraphQLSchema({}), document: parse('{ __typename }') };

/** The protocol is the library's, how operations run and how answers are sent is not. */
export function createSockets<Caller extends object>(options: SocketOptions<Caller>): Sockets {
  const { limits, watch, greet, expires, begin, failed } = options;
  const connections = new Set<Connection>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.message,
    perMessageDeflate: false,
    handleProtocols,
    // The types do not know it yet.
    ...{ closeTimeout: 5000 },
    // An id may be used again once it is complete: what ends an operation must have run before the next message.
    allowSynchronousEvents: false,
  });
  const protocol = makeServer<Record<string, unknown>, Extra<Caller>>({
    connectionInitWaitTimeout: limits.init,
    async onConnect(context) {
      const { request, connection: from } = context.extra;
      if (!request) return false;
      context.extra.request = undefined;
      const caller = await greet(request, context.connectionParams ?? {});
      if ('closeCode' in caller) {
        from.close(caller.closeCode, caller.reason);
        return false;
      }
      context.extra.caller = caller;
      context.extra.forget = expires?.(caller, () => {
        context.extra.expired = true;
        from.expire([expiredError]);
      });
      // It may have gone while it was found out who it is.
      if (!connections.has(from)) context.extra.forget?.();
      return options.welcome?.(caller) ?? true;
    },
    onSubscribe({ extra, subscriptions }, id, payload) {
      const { caller, connection: from } = extra;
      if (!caller) throw new Error('An operation came before its caller was known.');
      // What the client says until it has heard that its connection is closed.
      if (extra.expired) return [new GraphQLError(expiredError.message, expiredError)];
      const operation = begin(caller, { ...payload }, from.open());
      from.hold(operation);
      // The library keeps it for as long as the operation runs, and only ever looks at the id.
      Object.assign(payload, { query: '', variables: undefined });
      const contextValue = driven({ operation, id, connection: from, subscriptions });
      return { ...any, contextValue };
    },
    execute: ({ contextValue }) => contextValue as ReturnType<typeof driven>,
  });

  function opened(socket: WebSocket, below: Duplex, request: IncomingMessage): void {
    const one = connection(socket, below, watch);
    connections.add(one);
    const extra: Extra<Caller> = { request, connection: one };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: one.send,
        close: one.close,
        onMessage(take) {
          socket.on('message', (message: Buffer) => {
            take(read(message.toString())).catch((fault: unknown) => {
              failed(fault);
              one.close(4500, 'Internal server error');
            });
          });
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      connections.delete(one);
      one.gone();
      extra.forget?.();
      closed(code, reason.toString()).catch(failed);
    });
  }

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (made) => {
        opened(made, socket, request);
      });
    },
    size: () => connections.size,
    async drain(errors) {
      await Promise.all([...connections].map((one) => one.drain(errors)));
    },
  };
}
