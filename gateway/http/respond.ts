import type { ServerResponse } from 'node:http';
import type { MediaType } from './accept.ts';
import type { HttpRefusal } from './refusal.ts';
import { securityHeaders } from '../../runtime/security-headers.ts';
import { together } from '../../runtime/together.ts';

const inARow = together();

const contentTypes: Readonly<Record<MediaType, string>> = {
  'application/json': 'application/json; charset=utf-8',
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
};

/** What every answer to one request has in common. */
export interface Reply {
  readonly response: ServerResponse;
  readonly correlationId: string;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
}

/** Sends a serialised answer, head and body in one write, with the others that are ready in this turn. */
export function send(
  reply: Reply,
  status: number,
  type: MediaType,
  body: string,
  headers = reply.headers,
): void {
  const length = Buffer.byteLength(body);
  reply.response.writeHead(status, [
    'content-type',
    contentTypes[type],
    'content-length',
    String(length),
    'x-correlation-id',
    reply.correlationId,
    ...securityHeaders,
    ...headers,
  ]);
  // Most answers are ASCII, for which this encoding gives the same bytes in less time.
  const encoding = length === body.length ? 'latin1' : 'utf8';
  inARow(() => {
    reply.response.end(body, encoding);
  });
}

/** Sends a refusal in the form of a GraphQL answer. */
export function sendRefusal(reply: Reply, type: MediaType, refusal: HttpRefusal): void {
  const body = JSON.stringify({
    errors: [{ message: refusal.message, extensions: { code: refusal.code } }],
  });
  send(reply, refusal.status, type, body, [...reply.headers, ...refusal.headers]);
}
