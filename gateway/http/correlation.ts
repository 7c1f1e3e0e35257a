import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const ours = /^[\w.:-]{1,128}$/;
const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/**
 * What ties one request's log lines, calls and answers together: the caller's `x-correlation-id` where it is 1 to 128
 * of A-Z a-z 0-9 _ . : -, else the trace of its `traceparent`, else a new UUID. Anything else is not repeated, neither
 * in a header nor in a log.
 */
export function correlationOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-correlation-id'];
  if (typeof given === 'string' && ours.test(given)) return given;
  const parent = headers.traceparent;
  const trace = typeof parent === 'string' ? traceparent.exec(parent)?.[1] : undefined;
  return trace !== undefined && !/^0+$/.test(trace) ? trace : randomUUID();
}
