import type { DisabledReason, Problem } from './endpoint.ts';

/** What came of sending something, as far as the network tells. */
export interface Answer {
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null;
  /** Null where it was delivered. */
  readonly problem: Problem | null;
  /** Milliseconds that the endpoint asked to be left alone for; null where it did not. */
  readonly retryAfter: number | null;
}

/** What becomes of an endpoint after an attempt. */
export type Verdict =
  | { readonly verdict: 'DELIVERED' }
  /** Again after so many milliseconds; nothing else is sent before. */
  | { readonly verdict: 'LATER'; readonly wait: number }
  | { readonly verdict: 'DISABLED'; readonly reason: DisabledReason };

export interface Patience {
  /** Milliseconds of the first pause at most, and of any pause. */
  readonly pauses: readonly [first: number, longest: number];
  /** Milliseconds of nothing but failures after which an endpoint is given up. */
  readonly giveUp: number;
  /** Failures in a row without which it is not: while nobody tried, nothing was refused. */
  readonly fewest: number;
}

const second = 1000;
const hour = 3600 * second;
export const usualPatience: Patience = { pauses: [5 * second, 8 * hour], giveUp: 72 * hour, fewest: 5 };

/**
 * Decides what becomes of an endpoint. Any pause may be up to twice as long as the one before, and is a random part of
 * that, so that endpoints that failed together do not come back together. Pure.
 * @param failed what failed before in a row: how often, and for how many milliseconds
 */
export function judge(
  { status, problem, retryAfter }: Answer,
  failed: { readonly times: number; readonly since: number },
  { pauses: [first, longest], giveUp, fewest }: Patience,
  random: () => number,
): Verdict {
  if (problem === null) return { verdict: 'DELIVERED' };
  if (status === 410) return { verdict: 'DISABLED', reason: 'GONE' };
  if (failed.since >= giveUp && failed.times >= fewest) return { verdict: 'DISABLED', reason: 'FAILING' };
  const most = Math.min(longest, first * 2 ** Math.min(failed.times, 30));
  const asked = status === 429 || status === 503 ? (retryAfter ?? 0) : 0;
  // Whoever asks to be left alone for years is asked again before he is given up.
  return { verdict: 'LATER', wait: Math.max(random() * most, Math.min(asked, longest)) };
}

/** Milliseconds that a header `retry-after` asks for, in either of its forms; null where it says nothing. Pure. */
export function retryAfterOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * second;
  // What else the engine takes for a time is none here.
  const at = /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
