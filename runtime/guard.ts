import {
  bulkhead,
  BulkheadRejectedError,
  CircuitState,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import type { RequestContext } from './context.ts';
import { Failure } from './failure.ts';

export interface GuardOptions {
  /** Name of the system, as in the contract. */
  readonly system: string;
  /** Calls at a time. */
  readonly concurrency: number;
  /** Calls that may wait for their turn. */
  readonly queue: number;
  readonly breaker: {
    /** Failed calls in a row that open it. */
    readonly failures: number;
    /** Milliseconds until one call tries again. */
    readonly openFor: number;
  };
  /** Attempts of a read, the first included. */
  readonly attempts: number;
}

/** What health and metrics show of a system. */
interface GuardState {
  readonly system: string;
  readonly circuit: 'closed' | 'open' | 'half-open';
  readonly running: number;
  readonly queued: number;
  /** Seconds for which the system wants no calls; 0 when it does not mind. */
  readonly throttled: number;
}

export interface Guard {
  /**
   * Runs a call to the system. `retry` is for reads only. The signal is aborted when nobody waits any more.
   * @throws Failure SYSTEM_UNAVAILABLE, RATE_LIMITED or DEADLINE_EXCEEDED with the system; other failures of the call
   * itself, such as a refused value, come through as they are
   */
  <T>(
    context: RequestContext,
    run: (signal: AbortSignal) => Promise<T>,
    options: { readonly retry: boolean },
  ): Promise<T>;
  state(): GuardState;
}

/** Milliseconds before the request's deadline at which a partial answer must be on its way; less of a short request. */
const MARGIN = 50;
/** Milliseconds a system must have had before its silence is its own fault and not the request's. */
const FAIR_SHARE = 100;
/** Milliseconds of the first pause between attempts at most; each further pause may be twice as long. */
const FIRST_PAUSE = 50;
/** Seconds to stay away where a system limits the rate without saying for how long. */
const UNSAID_RETRY_AFTER = 1;

/** Milliseconds between two looks at the calls that wait: a timer and a listener for each call cost more than the call. */
const TICK = 10;

/** One call that somebody waits for. */
interface Waiting {
  /** Epoch milliseconds at which it was made, and at which it is answered without the system. */
  readonly since: number;
  readonly until: number;
  readonly caller: AbortSignal;
  readonly abort: AbortController;
  /** Ends the call for its caller. */
  readonly reject: (failure: Failure) => void;
  /** Ends the attempt that runs at the moment. Not a closure over it: that would outlive the request by far. */
  fail: ((failure: Failure) => void) | undefined;
  /** Epoch milliseconds at which that attempt began. */
  attemptedAt: number;
  over: boolean;
}

/**
 * Keeps one system's trouble its own: a deadline for every call, a limit on calls at a time, no calls at all for a while
 * to a system that is down or that asked for it.
 */
export function createGuard({ system, concurrency, queue, breaker, attempts }: GuardOptions): Guard {
  const unavailable = (sentence: string, details: { cause?: unknown; retryAfter?: number } = {}): Failure =>
    new Failure('SYSTEM_UNAVAILABLE', sentence, { system, ...details });
  const late = (): Failure =>
    new Failure(
      'DEADLINE_EXCEEDED',
      `The request ran out of time before ${system} could answer; allow it more.`,
      {
        system,
      },
    );
  const limited = (retryAfter: number): Failure =>
    new Failure('RATE_LIMITED', `The system ${system} limits the rate of calls; try again later.`, {
      system,
      retryAfter,
    });

  const slots = bulkhead(concurrency, queue);
  const circuit: CircuitBreakerPolicy = circuitBreaker(
    // A probe that could not run to its end has not shown that the system is back.
    handleWhen((error) => isFault(error) || (isLate(error) && circuit.state === CircuitState.HalfOpen)),
    { halfOpenAfter: breaker.openFor, breaker: new ConsecutiveBreaker(breaker.failures) },
  );
  let openUntil = 0;
  let throttledUntil = 0;
  circuit.onBreak(() => (openUntil = Date.now() + breaker.openFor));

  /** Why the system is not to be called now. */
  const refusal = (now: number): Failure | undefined => {
    if (throttledUntil > now) return limited(secondsTo(throttledUntil, now));
    if (circuit.state === CircuitState.Closed) return undefined;
    // While one call probes, the others do not wait for what it finds.
    if (circuit.state === CircuitState.Open && openUntil <= now) return undefined;
    return unavailable(`The system ${system} is down; try again later.`, {
      retryAfter: Math.max(1, secondsTo(openUntil, now)),
    });
  };

  /** What the call's own failure means to the caller. */
  const translated = (error: unknown): unknown => {
    if (error instanceof BulkheadRejectedError)
      return unavailable(`The system ${system} has too many calls waiting; try again later.`, {
        retryAfter: 1,
      });
    if (!(error instanceof Failure))
      return unavailable(`The system ${system} failed; try again later.`, { cause: error });
    if (error.extensions.system !== undefined) return error;
    if (error.code === 'RATE_LIMITED') return limited(retryAfterOf(error));
    return isFault(error)
      ? unavailable(`The system ${system} is not available; try again later.`, { cause: error })
      : error;
  };

  const unanswered = (since: number, timeUp: boolean): Failure =>
    timeUp && Date.now() - since >= FAIR_SHARE
      ? unavailable(`The system ${system} did not answer in time.`)
      : late();

  /** One attempt, which ends when `waiting` gives up even if the system never answers. */
  const attempt = <T>(waiting: Waiting, run: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    slots.execute(() => {
      const refused = waiting.over ? late() : refusal(Date.now());
      if (refused) throw refused;
      return circuit.execute(
        () =>
          new Promise<T>((resolve, reject) => {
            waiting.attemptedAt = Date.now();
            waiting.fail = reject;
            run(waiting.abort.signal).then(resolve, reject);
          }),
      );
    });

  const withRetries = async <T>(
    waiting: Waiting,
    run: (signal: AbortSignal) => Promise<T>,
    limit: number,
  ): Promise<T> => {
    for (let made = 1; ; made++) {
      try {
        const result = await attempt(waiting, run);
        waitings.delete(waiting);
        return result;
      } catch (error) {
        waiting.fail = undefined;
        const failure = translated(error);
        if (failure instanceof Failure && failure.code === 'RATE_LIMITED')
          throttledUntil = Math.max(throttledUntil, Date.now() + retryAfterOf(failure) * 1000);
        const pause = Math.random() * FIRST_PAUSE * 2 ** (made - 1);
        const hopeless =
          made >= limit || waiting.over || !isFault(failure) || refusal(Date.now()) !== undefined;
        if (hopeless || Date.now() + pause >= waiting.until) {
          waitings.delete(waiting);
          throw failure;
        }
        await new Promise((resume) => setTimeout(resume, pause));
      }
    }
  };

  const waitings = new Set<Waiting>();
  let ticking: NodeJS.Timeout | undefined;
  const watch = (waiting: Waiting): void => {
    waitings.add(waiting);
    ticking ??= setInterval(tick, TICK);
  };
  const tick = (): void => {
    const now = Date.now();
    for (const waiting of waitings) {
      if (waiting.until <= now || waiting.caller.aborted) giveUp(waiting, waiting.until <= now);
    }
    if (waitings.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
  const giveUp = (waiting: Waiting, timeUp: boolean): void => {
    waitings.delete(waiting);
    waiting.over = true;
    waiting.reject(unanswered(waiting.since, timeUp));
    waiting.fail?.(unanswered(waiting.attemptedAt, timeUp));
    waiting.abort.abort();
  };

  const guard = <T>(
    context: RequestContext,
    run: (signal: AbortSignal) => Promise<T>,
    { retry }: { readonly retry: boolean },
  ): Promise<T> => {
    const now = Date.now();
    const left = context.deadline - now;
    if (left <= 0 || context.signal.aborted) return Promise.reject(late());
    const refused = refusal(now);
    if (refused) return Promise.reject(refused);
    const until = context.deadline - Math.min(MARGIN, left / 10);
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        since: now,
        until,
        caller: context.signal,
        abort: new AbortController(),
        reject,
        fail: undefined,
        attemptedAt: now,
        over: false,
      };
      watch(waiting);
      withRetries(waiting, run, retry ? attempts : 1).then(resolve, reject);
    });
  };

  const state = (): GuardState => ({
    system,
    circuit:
      circuit.state === CircuitState.Closed
        ? 'closed'
        : circuit.state === CircuitState.Open
          ? 'open'
          : 'half-open',
    running: concurrency - slots.executionSlots,
    queued: queue - slots.queueSlots,
    throttled: throttledUntil > Date.now() ? secondsTo(throttledUntil, Date.now()) : 0,
  });
  return Object.assign(guard, { state });
}

const secondsTo = (until: number, now: number): number => Math.ceil((until - now) / 1000);

const retryAfterOf = (failure: Failure): number => {
  const { retryAfter } = failure.extensions;
  return typeof retryAfter === 'number' ? retryAfter : UNSAID_RETRY_AFTER;
};

const isLate = (error: unknown): boolean => error instanceof Failure && error.code === 'DEADLINE_EXCEEDED';

/** Whether the system is to blame: it, its store or the way to it failed, rather than refused something. */
const isFault = (error: unknown): boolean =>
  !(error instanceof Failure) || error.code === 'SYSTEM_UNAVAILABLE' || error.code === 'STORE_UNAVAILABLE';
