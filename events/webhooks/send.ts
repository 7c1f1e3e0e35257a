import { Failure } from '../../runtime/failure.ts';
import type { Http } from '../../runtime/http.ts';
import type { Delivery, Problem } from './endpoint.ts';
import { headersOf, type Message } from './message.ts';
import { retryAfterOf, type Answer } from './verdict.ts';

/** What was sent and what came of it; null where it was given up because the process stops. */
export type Sent = Answer & Pick<Delivery, 'at' | 'took'>;

/**
 * Sends a message once, signed with all secrets, and waits for the whole answer. Never rejects; a redirect is not followed.
 * @param patience milliseconds that it may take in all
 */
export type Send = (
  url: string,
  message: Message,
  secrets: readonly string[],
  patience: number,
  signal: AbortSignal,
) => Promise<Sent | null>;

export function sending({ send }: Http): Send {
  return async (url, message, secrets, patience, signal) => {
    const now = new Date();
    const began = performance.now();
    const late = AbortSignal.timeout(patience);
    const either = AbortSignal.any([signal, late]);
    const sent = (
      status: number | null,
      problem: Problem | null,
      retryAfter: number | null = null,
    ): Sent => ({
      ...{ status, problem, retryAfter },
      at: now.toISOString(),
      took: Math.round(performance.now() - began),
    });
    try {
      const headers = headersOf(message, secrets, now);
      const answer = await send('POST', new URL(url), headers, message.body, {
        timeout: patience,
        signal: either,
      });
      const retryAfter = retryAfterOf(answer.headers['retry-after'], Date.now());
      return sent(answer.status, problemOf(answer.status), retryAfter);
    } catch (error) {
      if (signal.aborted) return null;
      return sent(null, late.aborted ? 'TIMED_OUT' : reasonOf(error));
    }
  };
}

function problemOf(status: number): Problem | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 'REDIRECTED' : 'REFUSED';
}

function reasonOf(error: unknown): Problem {
  if (error instanceof Failure && error.code === 'ADDRESS_NOT_ALLOWED') return 'ADDRESS_NOT_ALLOWED';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT' ? 'TIMED_OUT' : 'UNREACHABLE';
}
