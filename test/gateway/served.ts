import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { anyone, createDoor, type Answered, type DoorOptions } from '../../gateway/server.ts';
import { createShop, shopEngine, type Shop } from './shop.ts';

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly shop: Shop;
  /** Every answered request, in order. */
  readonly answered: Answered[];
}

type Options = Partial<DoorOptions> & { readonly introspection?: boolean };

/** The door over the shop, on a free port of the loopback interface. */
export async function serveShop({ introspection = true, ...options }: Options = {}): Promise<Served> {
  const shop = createShop();
  const answered: Answered[] = [];
  const door = createDoor({
    engine: shopEngine(shop, introspection),
    timeout: 2000,
    bodyLimit: 100_000,
    suggestions: introspection,
    authenticate: anyone,
    answered: (one) => answered.push(one),
    ...options,
  });
  const server = createServer((request, response) => {
    if (!door(request, response)) response.writeHead(404).end();
  })
    .on('upgrade', door.upgrade)
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    port,
    shop,
    answered,
    async [Symbol.asyncDispose]() {
      await door.drain();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends exactly these header lines, as no client library would allow, and reads until the connection ends. */
export async function raw(port: number, head: readonly string[], body: string | Buffer = ''): Promise<Got> {
  const socket = connect(port, '127.0.0.1');
  const lines = [...head, 'connection: close'];
  if (body.length > 0 && !lines.includes('transfer-encoding: chunked')) {
    lines.push(`content-length: ${Buffer.byteLength(body)}`);
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(body);
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) text += String(chunk);
  const [top = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...headers] = top.split('\r\n');
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(
      headers.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    ),
    body: rest.join('\r\n\r\n'),
  };
}

/** A POST with JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** Codes of the errors of an answer, in order. */
export function codes({ body }: Pick<Got, 'body'>): unknown[] {
  const { errors } = JSON.parse(body) as { errors?: { extensions?: { code?: unknown } }[] };
  return (errors ?? []).map((error) => error.extensions?.code);
}
