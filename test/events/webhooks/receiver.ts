import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A message as it arrived. */
export interface Arrived {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What is in it. */
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly subject: string;
    readonly data: { readonly position: string; readonly attributes: readonly { readonly name: string }[] };
  };
}

/** How a message is answered: a status, with headers; never; or as it likes. */
export type Reply = number | 'NEVER' | ((response: ServerResponse) => void);

/** Somebody elsewhere, who is told of changes and answers as the test says. */
export async function openReceiver(reply: (arrived: Arrived, nth: number) => Reply = () => 204) {
  const arrived: Arrived[] = [];
  const waiting = new Set<() => void>();
  const [sockets, current] = [{ most: 0, now: 0 }, { reply }];
  const server = createServer((request, response) => {
    void (async () => {
      sockets.most = Math.max(sockets.most, ++sockets.now);
      response.once('close', () => {
        sockets.now--;
      });
      const body = await text(request);
      const one = {
        path: request.url ?? '',
        headers: plain(request.headers),
        body,
        event: JSON.parse(body) as Arrived['event'],
      };
      arrived.push(one);
      const answer = current.reply(one, arrived.length);
      waiting.forEach((check) => {
        check();
      });
      if (answer === 'NEVER') return;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else answer(response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    /** Messages that were being answered at the same time, at most. */
    atOnce: () => sockets.most,
    answer(next: typeof reply) {
      current.reply = next;
    },
    /** The first so many messages, of those on a path where one is given, once they are there. */
    async first(count: number, path?: string): Promise<readonly Arrived[]> {
      const own = () => arrived.filter((one) => path === undefined || one.path === path);
      while (own().length < count)
        await new Promise<void>((resolve) => {
          const check = () => {
            waiting.delete(check);
            resolve();
          };
          waiting.add(check);
        });
      return own().slice(0, count);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof openReceiver>>;

const plain = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
