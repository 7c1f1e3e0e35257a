import { once } from 'node:events';
import { request, type ClientRequest } from 'node:http';
import { WebSocket } from 'ws';
import type { Transport } from './served.ts';

/** A client without manners: it says what opens a subscription, and can be killed. */
export interface Rude {
  /** Resolves when the subscription was asked for. */
  readonly asked: Promise<unknown>;
  kill(): void;
}

export function rude(transport: Transport, url: string, query: string): Rude {
  if (transport === 'SSE') {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const sent: ClientRequest = request(url, { method: 'POST', headers });
    sent.on('error', () => undefined);
    const asked = once(sent, 'finish');
    asked.catch(() => undefined);
    sent.end(JSON.stringify({ query }));
    return { asked, kill: () => sent.destroy() };
  }
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('error', () => undefined);
  const asked = once(socket, 'open').then(() => {
    socket.send('{"type":"connection_init"}');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  });
  asked.catch(() => undefined);
  return {
    asked,
    kill() {
      socket.terminate();
    },
  };
}
