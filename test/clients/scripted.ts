import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer, type WebSocket } from 'ws';

/** What a client has asked for on a connection. */
export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** How it introduced itself. */
  readonly headers: Readonly<Record<string, unknown>>;
}

/** What happens on a connection; at the end of its steps it stays as it is. */
export type Step =
  | { readonly next: object }
  /** The operation ends with errors. */
  | { readonly errors: readonly object[] }
  /** The connection is closed by this code; where there are no codes the operation is completed. */
  | { readonly close: number }
  /** As by a crash. */
  | 'kill'
  | 'complete'
  /** A sign of life. */
  | 'ping'
  | Promise<unknown>;

export type Script = (asked: Asked, connection: number) => Iterable<Step>;

/** A server that does on each connection what its script says, and nothing else. */
export interface Scripted extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Connections that are there. */
  readonly open: () => number;
}

export async function serveScript(script: Script): Promise<Scripted> {
  const asked: Asked[] = [];
  const open = new Set<object>();
  const play = async (request: Asked, does: (step: Exclude<Step, Promise<unknown>>) => void) => {
    asked.push(request);
    for (const step of script(request, asked.length)) {
      if (step instanceof Promise) await step;
      else does(step);
    }
  };

  const server = createServer((request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    void text(request).then((body) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return play({ ...(JSON.parse(body) as Asked), headers: request.headers }, (step) => {
        tell(response, step);
      });
    });
  }).listen(0, '127.0.0.1');
  // Pongs to the protocol's own pings are signs of life too, which a script gives or not.
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    let headers = {};
    socket.on('message', (data: Buffer) => {
      const { type, payload = {} } = JSON.parse(data.toString()) as { type: string; payload?: object };
      if (type === 'connection_init') {
        headers = payload;
        socket.send('{"type":"connection_ack"}');
      } else if (type === 'subscribe') {
        const { id } = JSON.parse(data.toString()) as { id: string };
        void play({ ...(payload as Asked), headers }, (step) => {
          say(socket, id, step);
        });
      }
    });
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    asked,
    open: () => open.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function say(socket: WebSocket, id: string, step: Exclude<Step, Promise<unknown>>): void {
  const send = (message: object) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  if (step === 'kill') socket.terminate();
  else if (step === 'complete') send({ id, type: 'complete' });
  else if (step === 'ping') send({ type: 'ping' });
  else if ('next' in step) send({ id, type: 'next', payload: step.next });
  else if ('errors' in step) send({ id, type: 'error', payload: step.errors });
  else socket.close(step.close, 'as the script says');
}

function tell(response: ServerResponse, step: Exclude<Step, Promise<unknown>>): void {
  const send = (result: object) => response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`);
  // After what was written has gone.
  if (step === 'kill') response.write(':\n\n', () => response.destroy());
  else if (step === 'ping') response.write(':\n\n');
  else if (step === 'complete' || 'close' in step) response.end('event: complete\ndata:\n\n');
  else if ('next' in step) send(step.next);
  else {
    send({ errors: step.errors });
    response.end('event: complete\ndata:\n\n');
  }
}

/** A change at a position. */
export const change = (position: number, cursor = `at ${position}`): Step => ({
  next: { data: { customerChanged: { cursor, position: String(position) } } },
});
export const span = (from: number, to: number): Step[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => change(from + index));
export const error = (code: string, more: object = {}) => ({
  message: `It is ${code}.`,
  extensions: { code, ...more },
});
/** The position behind which a client goes on. */
export const placeIn = (variables: Readonly<Record<string, unknown>> = {}): number =>
  Number(/\d+/.exec(String(variables.after))?.[0]);
