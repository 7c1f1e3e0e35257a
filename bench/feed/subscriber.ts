import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { frameOf, frameReader } from './frames.ts';

export interface Subscribed {
  readonly port: number;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether its messages are read to the end; otherwise they are only counted. */
  readonly read: boolean;
  /** Its subscription is on its way. */
  readonly ready: () => void;
  /** A change was heard; with its message where those are read. */
  readonly heard: (message: string | undefined) => void;
  readonly failed: (why: string) => void;
}

/** What all sockets read into: nothing is kept of it, and 5,000 buffers would only make clients slow. */
const shared = Buffer.alloc(256 * 1024);

/**
 * A subscriber by graphql-transport-ws that costs little beside what it is a subscriber of: no library, no buffer of its
 * own, and messages that are counted instead of parsed.
 */
export function subscriber({ port, document, variables, read, ready, heard, failed }: Subscribed): Socket {
  // As clients have it: each operation an id of its own.
  const id = randomUUID();
  let answer: string | undefined = '';
  let subscribed = false;
  let over = false;
  const fail = (why: string): void => {
    if (over) return;
    over = true;
    failed(why);
  };

  const frames = frameReader(
    () => read || !subscribed,
    ({ opcode, text }) => {
      if (opcode === 9) socket.write(frameOf(10, text));
      else if (opcode === 8) fail(`the connection was closed: ${text.slice(2)}`);
      else if (opcode !== 1) return;
      else if (subscribed && text.includes('"next"')) heard(read ? text : undefined);
      else if (!subscribed && text.includes('"connection_ack"')) {
        subscribed = true;
        socket.write(
          frameOf(1, JSON.stringify({ id, type: 'subscribe', payload: { query: document, variables } })),
        );
        ready();
      } else fail(text);
    },
  );
  const take = (length: number, bytes: Uint8Array): boolean => {
    const chunk = bytes as Buffer;
    if (answer === undefined) {
      frames.take(chunk, length);
      return true;
    }
    answer += chunk.toString('latin1', 0, length);
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0) return true;
    const rest = Buffer.from(answer.slice(end + 4), 'latin1');
    if (!answer.startsWith('HTTP/1.1 101')) fail(answer.slice(0, 500));
    answer = undefined;
    socket.write(frameOf(1, '{"type":"connection_init"}'));
    if (rest.length > 0) frames.take(rest, rest.length);
    return true;
  };
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: { buffer: shared, callback: take },
  });
  socket.on('connect', () => {
    socket.write(
      [
        'GET /graphql HTTP/1.1',
        `host: 127.0.0.1:${port}`,
        'connection: Upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
        'sec-websocket-protocol: graphql-transport-ws',
        '\r\n',
      ].join('\r\n'),
    );
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the connection is closed'));
  return socket;
}
