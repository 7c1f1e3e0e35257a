import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { makeServer, handleProtocols, type SubscribePayload } from 'graphql-ws';
import { GraphQLSchema, parse } from 'graphql';
import { WebSocketServer, type WebSocket } from 'ws';
import { connection, type Connection } from './connection.ts';
import { driven } from './driven.ts';
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
  /** Who has connected, by the request and by what the client says when it introduces itself; a sentence refuses it. */
  readonly greet: (
    request: IncomingMessage,
    introduction: Readonly<Record<string, unknown>>,
  ) => Promise<Caller | string> | Caller | string;
  /** What a client that was let in is told. */
  readonly welcome?: (caller: Caller) => Record<string, unknown>;
  /** Begins an operation; `open` is how many the connection has already. */
  readonly begin: (caller: Caller, payload: SubscribePayload, open: number) => Running;
  /** Told of faults of our own. */
  readonly failed: (fault: unknown) => void;
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
  const { limits, watch, greet, begin, failed } = options;
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
      if (typeof caller === 'string') {
        from.close(4403, caller);
        return false;
      }
      context.extra.caller = caller;
      return options.welcome?.(caller) ?? true;
    },
    onSubscribe({ extra, subscriptions }, id, payload) {
      const { caller, connection: from } = extra;
      if (!caller) throw new Error('An operation came before its caller was known.');
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
      { request, connection: one },
    );
    socket.once('close', (code, reason) => {
      connections.delete(one);
      one.gone();
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
