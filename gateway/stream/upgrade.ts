import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuse, type HttpRefusal } from '../http/refusal.ts';

const otherOrigin = refuse(
  403,
  'ORIGIN_NOT_ALLOWED',
  'Pages of this origin may not connect; add it to the allowed origins.',
);

/**
 * Cross-site WebSocket hijacking: browsers let pages of any site open a WebSocket to any other and only say whose page
 * it is. Programs say nothing, and are no danger. Our own pages have the origin of the host that they call.
 */
export function foreignPage(
  { headers }: IncomingMessage,
  allowed: readonly string[],
): HttpRefusal | undefined {
  const { origin, host } = headers;
  if (origin === undefined || allowed.includes(origin)) return undefined;
  return URL.parse(origin)?.host === host?.toLowerCase() ? undefined : otherOrigin;
}

/** Answers a request for another protocol that is not granted, and ends its connection. */
export function refuseUpgrade(socket: Duplex, { status, code, message }: HttpRefusal): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  socket.on('error', () => undefined);
  // Whoever does not close his side holds nothing of ours.
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} Refused`,
      'content-type: application/json; charset=utf-8',
      'x-content-type-options: nosniff',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
