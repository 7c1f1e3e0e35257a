import type { HttpAnswer } from '../../runtime/http.ts';

/** An error of a GraphQL answer. */
export interface AnsweredError {
  readonly message: string;
  readonly code: string;
  /** Where in the answer; its first member is the root field. */
  readonly path: readonly (string | number)[];
}

/** What an answer of the server means for a request. */
export type Verdict =
  | {
      readonly kind: 'answered';
      readonly data: Readonly<Record<string, unknown>>;
      readonly errors: readonly AnsweredError[];
    }
  /** The same request may be sent again, after so many seconds where the server said so. */
  | { readonly kind: 'later'; readonly why: string; readonly retryAfter: number | null }
  /** As `later`, but not for ever: it may be the request itself that cannot be answered. */
  | { readonly kind: 'faulty'; readonly errors: readonly AnsweredError[] }
  /** No request will be answered better. */
  | { readonly kind: 'hopeless'; readonly why: string };

const passing = new Set(['RATE_LIMITED', 'SYSTEM_UNAVAILABLE', 'STORE_UNAVAILABLE', 'DEADLINE_EXCEEDED']);
/** What is wrong with one request, and not with all of them. */
const own = new Set([
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'BODY_TOO_LARGE',
  'INVALID_VALUE',
  'NOT_FOUND',
  'CONFLICT',
]);

/** Reads an answer. Pure. */
export function verdictOf({ status, headers, text }: HttpAnswer): Verdict {
  const after = secondsIn(headers['retry-after']);
  if (status === 429) return { kind: 'later', why: 'takes no more requests for now', retryAfter: after };
  if (status === 502 || status === 503 || status === 504)
    return { kind: 'later', why: `is not ready (${status})`, retryAfter: after };
  const body = bodyOf(text);
  if (body === null) {
    if (status >= 500) return { kind: 'faulty', errors: [unreadable(status)] };
    return { kind: 'hopeless', why: `does not answer as a GraphQL endpoint (${status})` };
  }
  const errors = body.errors.map(errorOf);
  const busy = errors.find(({ code }) => passing.has(code));
  if (busy) {
    const seconds = body.errors
      .map(({ extensions }) => Number(extensions?.retryAfter))
      .filter(Number.isFinite);
    return {
      kind: 'later',
      why: `answers ${busy.code}`,
      retryAfter: seconds.length > 0 ? Math.max(...seconds) : after,
    };
  }
  const strange = errors.find(({ code }) => !own.has(code));
  if (strange === undefined) return { kind: 'answered', data: body.data ?? {}, errors };
  if (strange.code === 'INTERNAL_SERVER_ERROR') return { kind: 'faulty', errors };
  return { kind: 'hopeless', why: `refuses: ${strange.code}: ${strange.message}` };
}

/** Seconds of a `Retry-After`, given as such or as a date. */
function secondsIn(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

interface GivenError {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly extensions?: { readonly code?: unknown; readonly retryAfter?: unknown };
}

function bodyOf(
  text: string,
): { readonly data?: Record<string, unknown> | null; readonly errors: readonly GivenError[] } | null {
  try {
    const value = JSON.parse(text) as {
      data?: Record<string, unknown> | null;
      errors?: readonly GivenError[];
    } | null;
    if (value === null || typeof value !== 'object' || !('data' in value || 'errors' in value)) return null;
    return { ...value, errors: Array.isArray(value.errors) ? value.errors : [] };
  } catch {
    return null;
  }
}

function errorOf({ message, path, extensions }: GivenError): AnsweredError {
  const code = typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';
  return { message: String(message), code, path: Array.isArray(path) ? (path as AnsweredError['path']) : [] };
}

function unreadable(status: number): AnsweredError {
  return {
    code: 'INTERNAL_SERVER_ERROR',
    message: `The server gave no answer that can be used (${status}).`,
    path: [],
  };
}
