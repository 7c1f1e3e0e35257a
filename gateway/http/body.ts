import type { IncomingMessage } from 'node:http';
import { refuse, type HttpRefusal } from './refusal.ts';

/**
 * Bytes beyond the limit that are read and thrown away: most clients look for an answer only when they have sent
 * everything, and would see a broken connection instead of the refusal.
 */
const patience = 16 * 1024 * 1024;

/**
 * Reads a request's body as UTF-8 text of at most `limit` bytes. `done` is called once, with the text or a refusal, or
 * never where the client goes away before. Beyond the limit nothing is kept, and before long the connection is closed.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (body: string | HttpRefusal) => void,
): void {
  // By the end of this turn most bodies are there as a whole, and are had for less than the events of a stream.
  setImmediate(() => {
    if (request.complete && request.readableLength <= limit) done(textOf(request.read()));
    else gather(request, limit, done);
  });
}

function textOf(body: unknown): string {
  return body instanceof Buffer ? body.toString() : '';
}

function gather(request: IncomingMessage, limit: number, done: (body: string | HttpRefusal) => void): void {
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let length = 0;
  let refused = false;
  const refuseOnce = (): void => {
    if (refused) return;
    refused = true;
    first = more = undefined;
    done(refuse(413, 'BODY_TOO_LARGE', `The body is larger than ${limit} bytes; send less at a time.`));
  };
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit + patience) request.destroy();
    else if (length > limit) refuseOnce();
    else if (!first) first = chunk;
    else (more ??= [first]).push(chunk);
  });
  request.on('end', () => {
    if (!refused) done(more ? Buffer.concat(more, length).toString() : (first?.toString() ?? ''));
  });
  if (Number(request.headers['content-length']) > limit) refuseOnce();
}
