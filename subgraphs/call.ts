import type { RequestContext } from '../runtime/context.ts';
import type { Call } from './connector.ts';

/** What a call to a system carries of the request that it is made for. */
export function callOf({ correlationId, traceparent }: RequestContext, signal: AbortSignal): Call {
  return traceparent === null ? { correlationId, signal } : { correlationId, traceparent, signal };
}

/** The headers by which a system's log can be followed to the request. */
export function tracing({ correlationId, traceparent }: Call): Readonly<Record<string, string>> {
  return { 'x-correlation-id': correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
}
