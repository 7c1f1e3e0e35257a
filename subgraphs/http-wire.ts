import { Failure } from '../runtime/failure.ts';
import type { Send } from '../runtime/http.ts';
import { tracing } from './call.ts';
import type { Wire } from './wire.ts';

/** Milliseconds after which a call ends that nobody else has ended: callers have deadlines of their own. */
const longest = 600_000;

/**
 * The way to a system's API over HTTP. Rejects with SYSTEM_UNAVAILABLE when no answer arrives, or one that is not the
 * system's.
 * @param base address under which the API's paths begin, without a slash at the end
 */
export function httpWire(system: string, base: string, send: Send): Wire {
  const silent = (cause: unknown) =>
    new Failure('SYSTEM_UNAVAILABLE', `The system "${system}" gave no answer.`, { system, cause });

  return async ({ method, path, query = {}, headers = {}, body }, call) => {
    const url = new URL(base + path);
    url.search = new URLSearchParams(query).toString();
    const sent = body === undefined ? null : JSON.stringify(body);
    const type = sent === null ? {} : { 'content-type': 'application/json' };
    try {
      const answer = await send(
        method,
        url,
        { accept: 'application/json', ...tracing(call), ...type, ...headers },
        sent,
        { timeout: longest, signal: call.signal },
      );
      const received = Object.entries(answer.headers).filter((header) => header[1] !== undefined);
      return {
        status: answer.status,
        headers: Object.fromEntries(received) as Record<string, string>,
        body: bodyOf(answer.text, answer.status),
      };
    } catch (error) {
      throw silent(error);
    }
  };
}

/** An error need not have the system's shape: what stands in front of it may answer as well. */
function bodyOf(text: string, status: number): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (status >= 400) return null;
    throw error;
  }
}
