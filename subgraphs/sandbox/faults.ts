import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { WireRequest, WireResponse } from '../wire.ts';

const fault = z.strictObject({
  kind: z.enum([
    'latency',
    'throttle',
    'unavailable',
    'blackHole',
    'lostAnswer',
    'lateEffect',
    'staleVersion',
  ]),
  /** Part of the calls that it meets, 0 to 1. */
  rate: z.number().min(0).max(1).default(1),
  /** How many calls it meets before it is gone; unlimited where it is absent. */
  times: z.number().int().positive().optional(),
  /** Milliseconds that `latency` waits, and `lateEffect` from the end of the connection to the effect. */
  delay: z.number().int().min(0).max(600_000).default(1000),
  /** Seconds: the Retry-After of `throttle` and `unavailable`. */
  retryAfter: z.number().int().min(0).default(1),
  /** Only requests of this method; every one where it is absent. */
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
});

/** A fault that a sandbox shows on demand. */
export type Fault = z.infer<typeof fault>;
/** A fault as a caller names it: what is left out has its default. */
export type FaultOrder = z.input<typeof fault>;

/** How a system says the refusals that faults bring about, in its own words. */
export interface Refusals {
  throttled(retryAfter: number): WireResponse;
  unavailable(retryAfter: number): WireResponse;
  /** Null where the system has no conditional writes. */
  stale(): WireResponse | null;
}

/** An answer, or null where the connection ends without one. */
export type Answer = WireResponse | null;
export type Serve = (request: WireRequest, signal: AbortSignal) => Promise<Answer>;

export interface Faults {
  list(): readonly Fault[];
  /** Replaces all faults; refuses a list that is not one. */
  set(faults: unknown): void;
  /** Serves a request through the faults that are set. */
  through(serve: (request: WireRequest) => Promise<WireResponse>): Serve;
}

/** `random` gives numbers from 0 to 1 and decides which calls a fault with a rate meets. */
export function createFaults(refusals: Refusals, random: () => number = Math.random): Faults {
  let active: { readonly fault: Fault; left: number }[] = [];

  function met(request: WireRequest): ReadonlyMap<Fault['kind'], Fault> {
    const meeting = active.filter(
      ({ fault: { method, rate } }) =>
        (method === undefined || method === request.method) && (rate >= 1 || random() < rate),
    );
    for (const one of meeting) one.left -= 1;
    active = active.filter(({ left }) => left > 0);
    return new Map(meeting.map((one) => [one.fault.kind, one.fault]));
  }

  return {
    list: () => active.map((one) => one.fault),
    set: (faults) => {
      active = z
        .array(fault)
        .parse(faults)
        .map((one) => ({ fault: one, left: one.times ?? Infinity }));
    },
    through: (serve) => async (request, signal) => {
      const faults = active.length === 0 ? none : met(request);
      const latency = faults.get('latency');
      if (latency && !(await waited(latency.delay, signal))) return null;
      if (faults.has('blackHole')) return silence(signal);
      const throttle = faults.get('throttle');
      if (throttle) return refusals.throttled(throttle.retryAfter);
      const unavailable = faults.get('unavailable');
      if (unavailable) return refusals.unavailable(unavailable.retryAfter);
      if (faults.has('staleVersion') && request.headers?.['if-match'] !== undefined) {
        return refusals.stale() ?? serve(request);
      }
      const late = faults.get('lateEffect');
      if (late) {
        carriedOut(late.delay, () => serve(request));
        return null;
      }
      const answer = await serve(request);
      return faults.has('lostAnswer') ? null : answer;
    },
  };
}

const none: ReadonlyMap<Fault['kind'], Fault> = new Map();

/** Whether the caller was still there at the end. */
function waited(delay: number, signal: AbortSignal): Promise<boolean> {
  return sleep(delay, true, { signal }).catch(() => false);
}

/** Has its effect when nobody is there any more: how it ends, nobody learns. It keeps no process from ending. */
function carriedOut(delay: number, effect: () => Promise<unknown>): void {
  setTimeout(() => void effect().catch(() => undefined), delay).unref();
}

/** Never answers; ends only with the caller. */
function silence(signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const end = () => {
      resolve(null);
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}
