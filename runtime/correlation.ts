import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const ours = /^[\w.:-]{1,128}$/;
/** W3C Trace Context; a version after the first may have more behind it. Ids of zeros are none. */
const traceparent = /^([\da-f]{2})-((?!0{32})[\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-.{0,200})?$/;

/**
 * The caller's place in its trace; null where it gave none. One that is none is ignored rather than refused, as the
 * standard asks: whatever stands between may have written it.
 */
export function traceparentOf({ traceparent: given }: IncomingHttpHeaders): string | null {
  if (typeof given !== 'string') return null;
  const [, version, , more] = traceparent.exec(given) ?? [];
  return version === undefined || version === 'ff' || (version === '00' && more !== undefined) ? null : given;
}

/**
 * What ties one request's log lines, calls and answers together: the caller's `x-correlation-id` where it is 1 to 128
 * of A-Z a-z 0-9 _ . : -, else the trace of its `traceparent`, else a new UUID. Anything else is not repeated, neither
 * in a header nor in a log.
 */
export function correlationOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-correlation-id'];
  if (typeof given === 'string' && ours.test(given)) return given;
  return traceparentOf(headers)?.slice(3, 35) ?? newId();
}

/** In one piece: Node.js gives it as fourteen that hang together, and a subscriber keeps it for days. */
const newId = (): string => Buffer.from(randomUUID(), 'latin1').toString('latin1');
