import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { endOf, frameOf } from './frame.ts';
import { enough, gathering } from './hand-over.ts';
import type { Running, Send, ToldError } from './running.ts';
import type { Watch } from './watch.ts';

/** One client's WebSocket. */
export interface Connection {
  /** Sends a message of the protocol. */
  readonly send: (text: string) => void;
  /** How the answers of the operation with this id are sent. */
  answers(id: string): Send;
  readonly close: (code?: number, reason?: string) => void;
  /** Keeps an operation among those that end with the connection, until it is let go. */
  hold(operation: Running): void;
  letGo(operation: Running): void;
  /** Operations that are held. */
  open(): number;
  /** Ends every operation with these errors, and the connection, because its caller counts no longer. */
  expire(errors: readonly ToldError[]): void;
  /** Ends every operation with these errors, and the connection; resolves when it is closed. */
  drain(errors: readonly ToldError[]): Promise<void>;
  /** The socket is closed. */
  gone(): void;
}

/** Bytes that may wait besides answers, which wait for each other: replies that the client does not read. */
const MOST = 8 * 1024 * 1024;

/** @param below what the socket writes to: answers are written there, in frames that are made once for many clients */
export function connection(socket: WebSocket, below: Duplex, watch: Watch): Connection {
  const operations = new Set<Running>();
  let sent = 0;
  let alive = true;
  const taken = (): void => {
    sent += 1;
  };
  const gather = gathering(below);

  const unwatch = watch.add({
    waiting: () => socket.bufferedAmount,
    sent: () => sent,
    slow() {
      leave(4410, 'slow');
    },
    ping() {
      if (!alive) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        alive = false;
        socket.ping();
      }
    },
  });
  socket.on('pong', () => {
    alive = true;
  });
  // A client that breaks the protocol is told so by the library; the connection is over either way.
  socket.on('error', () => undefined);

  /** Every operation ends here; clients go on from where they were. */
  function leave(code: number, why: string, errors?: readonly ToldError[]): void {
    const [first, ...more] = new Set([...operations].map((operation) => operation.cursor()));
    const where = more.length > 0 ? '; resume after the cursor of each operation' : resumed(first);
    stopAll(errors);
    const closing = (): void => {
      if (socket.readyState === socket.OPEN) socket.close(code, reasonOf(why + where));
    };
    // The errors of the operations go out before.
    if (errors) setImmediate(closing);
    else closing();
  }

  function stopAll(errors?: readonly ToldError[]): void {
    for (const operation of operations) operation.stop(errors);
  }

  return {
    send(text) {
      if (socket.readyState !== socket.OPEN) stopAll();
      else if (socket.bufferedAmount > MOST) socket.terminate();
      else socket.send(text, taken);
    },
    answers: (id) => {
      const end = endOf(id);
      return (body) => {
        if (socket.readyState !== socket.OPEN) {
          stopAll();
          return undefined;
        }
        gather();
        below.write(frameOf(body, end.length));
        if (below.writableLength < enough) {
          below.write(end, taken);
          return undefined;
        }
        return new Promise((resolve) => {
          below.write(end, () => {
            taken();
            resolve();
          });
        });
      };
    },
    close(code, reason) {
      socket.close(code, reason === undefined ? undefined : reasonOf(reason));
    },
    hold(operation) {
      operations.add(operation);
    },
    letGo(operation) {
      operations.delete(operation);
    },
    open: () => operations.size,
    expire(errors) {
      leave(4401, 'token expired', errors);
    },
    async drain(errors) {
      if (socket.readyState === socket.CLOSED) return;
      const closed = once(socket, 'close');
      leave(4503, 'draining', errors);
      await closed;
    },
    gone() {
      unwatch();
      stopAll();
    },
  };
}

function resumed(cursor: string | undefined): string {
  return cursor === undefined ? '' : `; resume after ${cursor}`;
}

/** A close frame holds 123 bytes of reason. */
function reasonOf(text: string): string {
  return Buffer.from(text)
    .subarray(0, 123)
    .toString()
    .replace(/\ufffd$/, '');
}
