import type { ServerResponse } from 'node:http';
import { securityHeaders } from '../security-headers.ts';
import { handOver } from './hand-over.ts';
import type { Running } from './running.ts';
import type { Watch } from './watch.ts';

/**
 * Server-sent events as GraphQL over SSE names them, each operation on a connection of its own: `next` with each answer,
 * then `complete`. Written here and not by the library, which keeps what a slow client does not take. Resolves when the
 * response is over.
 */
export async function sendEvents(
  response: ServerResponse,
  running: Running,
  watch: Watch,
  headers: readonly string[],
): Promise<void> {
  let sent = 0;
  const waiting = (): number => response.writableLength;
  // Not the response itself: what it gathers it sends behind its own end.
  const hand = handOver(response.socket, waiting);
  const write = (text: string): Promise<void> | undefined => {
    if (response.destroyed) {
      running.stop();
      return undefined;
    }
    return hand((taken) => {
      response.write(text, () => {
        sent += 1;
        taken();
      });
    });
  };
  const unwatch = watch.add({
    waiting,
    sent: () => sent,
    slow: () => response.destroy(),
    ping: () => void write(comment),
  });
  response.on('error', () => undefined);
  response.once('close', () => {
    unwatch();
    running.stop();
  });
  if (response.destroyed) running.stop();
  response.writeHead(200, [
    ...['content-type', 'text/event-stream; charset=utf-8', 'x-accel-buffering', 'no'],
    ...securityHeaders,
    ...headers,
  ]);
  // Some browsers tell their page that the stream is open only when something has come.
  void write(comment);
  const errors = await running.run((body, cursor) => {
    const id = cursor === undefined ? '' : `id: ${cursor}\n`;
    return write(`event: next\n${id}data: ${body.text}\n\n`);
  });
  if (response.destroyed) return;
  const last = errors ? `event: next\ndata: ${JSON.stringify({ errors })}\n\n` : '';
  response.end(`${last}event: complete\ndata:\n\n`);
}

const comment = ':\n\n';
