import { once } from 'node:events';
import { WebSocket } from 'ws';
import { raw } from './served.ts';

/** What a client asks, as its body or its query string has it. */
export interface Asked {
  readonly query?: string;
  readonly documentId?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Told {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

/** What it is told; by which headers, where its transport has some. */
export interface Heard {
  readonly data?: unknown;
  readonly errors?: readonly Told[];
  readonly status?: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Everything that was sent, to be searched. */
  readonly text: string;
}

type Headers = Readonly<Record<string, string>>;
export type Ask = (port: number, asked: Asked, headers?: Headers) => Promise<Heard>;

const linesOf = (headers: Headers): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

async function overHttp(port: number, head: readonly string[], body: string): Promise<Heard> {
  const got = await raw(port, head, body);
  const result = JSON.parse(got.body) as Pick<Heard, 'data' | 'errors'>;
  return { ...result, status: got.status, headers: got.headers, text: JSON.stringify(got) };
}

const post: Ask = (port, asked, headers = {}) =>
  overHttp(
    port,
    [
      ...['POST /graphql HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json'],
      ...['accept: application/graphql-response+json', ...linesOf(headers)],
    ],
    JSON.stringify(asked),
  );

const get: Ask = (port, asked, headers = {}) => {
  const search = new URLSearchParams(
    Object.entries(asked).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  return overHttp(
    port,
    [
      ...[`GET /graphql?${String(search)} HTTP/1.1`, 'host: 127.0.0.1', 'graphql-require-preflight: 1'],
      ...['accept: application/graphql-response+json', ...linesOf(headers)],
    ],
    '',
  );
};

const events: Ask = async (port, asked, headers = {}) => {
  const head = [
    ...['POST /graphql HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json'],
    ...['accept: text/event-stream', ...linesOf(headers)],
  ];
  const got = await raw(port, head, JSON.stringify(asked));
  const text = JSON.stringify(got);
  const [, event] = /event: next\r?\n(?:id: .*\n)?data: (.*)/.exec(got.body) ?? [];
  const result = JSON.parse(event ?? got.body) as Pick<Heard, 'data' | 'errors'>;
  return { ...result, status: got.status, headers: got.headers, text };
};

const socket: Ask = async (port, asked, headers = {}) => {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  const heard: string[] = [];
  const over = new Promise<Pick<Heard, 'data' | 'errors'>>((resolve, reject) => {
    let result: Pick<Heard, 'data' | 'errors'> | undefined;
    ws.on('message', (message: Buffer) => {
      heard.push(message.toString());
      const { type, payload } = JSON.parse(message.toString()) as { type: string; payload?: unknown };
      if (type === 'connection_ack') {
        const request = { query: '', ...asked };
        ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload: request }));
      } else if (type === 'error') resolve({ errors: payload as Told[] });
      else if (type === 'next') result = payload as Pick<Heard, 'data' | 'errors'>;
      else if (type === 'complete') resolve(result ?? {});
    });
    ws.on('close', (code, reason) => {
      heard.push(`${code} ${reason.toString()}`);
      reject(new Error(`closed: ${code}`));
    });
  });
  await once(ws, 'open');
  ws.send(JSON.stringify({ type: 'connection_init', payload: headers }));
  const result = await over.finally(() => {
    ws.close();
  });
  return { ...result, headers: {}, text: heard.join('\n') };
};

/** One operation by each way that the door has. */
export const ways = { POST: post, GET: get, SSE: events, WebSocket: socket } as const;
export type Way = keyof typeof ways;
export const everyWay = Object.keys(ways) as readonly Way[];

/** The codes of what was told. */
export const codesOf = ({ errors = [] }: Heard): readonly string[] =>
  errors.map(({ extensions }) => extensions.code);
