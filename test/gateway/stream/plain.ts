import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A client of the protocol graphql-transport-ws that says exactly what it is told to say. */
export interface Plain {
  readonly socket: WebSocket;
  readonly heard: Message[];
  say(...messages: readonly unknown[]): void;
  closed(): Promise<{ code: number; reason: string }>;
}

export async function openPlain(
  url: string,
  options: ClientOptions = {},
  protocols = ['graphql-transport-ws'],
): Promise<Plain> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, options);
  const heard: Message[] = [];
  socket.on('message', (text: Buffer) => heard.push(JSON.parse(text.toString()) as Message));
  const close = once(socket, 'close') as Promise<[number, Buffer]>;
  close.catch(() => undefined);
  await once(socket, 'open');
  return {
    socket,
    heard,
    say(...messages) {
      for (const one of messages) socket.send(typeof one === 'string' ? one : JSON.stringify(one));
    },
    async closed() {
      const [code, reason] = await close;
      return { code, reason: reason.toString() };
    },
  };
}
