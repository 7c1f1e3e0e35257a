import type { ServerResponse } from 'node:http';
import { correlationOf } from './correlation.ts';
import { Failure, type FailureCode } from './failure.ts';
import { securityHeaders } from './security-headers.ts';

/** The HTTP status of a failure, where a whole request failed with it; 500 for all others. */
const statuses: Partial<Record<FailureCode, number>> = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  INVALID_CURSOR: 400,
  CURSOR_EXPIRED: 410,
  PAGE_SIZE_EXCEEDED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  SYSTEM_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/**
 * Answers a REST request with RFC 9457 problem details: `{ type, title, status, detail, code, correlationId, system?,
 * retryAfter? }`. Whatever is no `Failure` is told as an internal error only. Does nothing where the answer has begun already.
 */
export function sendProblem(
  response: ServerResponse,
  error: unknown,
  correlationId = correlationOf(response.req.headers),
): void {
  if (response.headersSent) return;
  const failure =
    error instanceof Failure
      ? error
      : new Failure(
          'INTERNAL_SERVER_ERROR',
          'Something went wrong here; quote the correlation id to the operator.',
        );
  const status = statuses[failure.code] ?? 500;
  const { retryAfter } = failure.extensions;
  if (typeof retryAfter === 'number') response.setHeader('retry-after', retryAfter);
  if (failure.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer');
  response.writeHead(status, [
    ...['content-type', 'application/problem+json; charset=utf-8', 'x-correlation-id', correlationId],
    ...securityHeaders,
  ]);
  const title = failure.code.toLowerCase().replaceAll('_', ' ');
  response.end(
    JSON.stringify({
      ...{ type: 'about:blank', title, status, detail: failure.message },
      ...{ ...failure.extensions, correlationId },
    }),
  );
}
