import type { RequestContext } from '../../runtime/context.ts';
import type { PreparedFetch } from '../../runtime/executor.ts';
import type { AnswerError } from './errors.ts';
import type { Failures, Missing } from './failures.ts';

/** One run of an operation: what it has gathered so far. */
export interface Run {
  /** Grows as fetches answer; entities are completed in place. */
  readonly data: Record<string, unknown>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** In a subscription: gives what the operation's source selects of the event that this run is about. */
  readonly event?: PreparedFetch | undefined;
  /** Epoch milliseconds of the beginning; kept only for an explanation. */
  readonly began: number;
  failures: Failures | undefined;
  /** Fetches that wait for an answer; each is settled as late when nobody waits for the run any more. */
  readonly waiting: Set<() => void>;
  expired: boolean;
  /** Ends the run with a fault of our own. */
  readonly crash: (fault: unknown) => void;
  /** Filled while the answer is serialised. */
  readonly errors: AnswerError[];
  /** Places that the caller may not read; counted while the answer is serialised. */
  refused: number;
  /** JSON text of introspection fields. */
  readonly introspection: readonly string[];
}

/** A part of a plan. Calls `done` exactly once, in the same tick where nothing is waited for. */
export type Step = (run: Run, done: () => void) => void;

/** Nothing to do. */
const nothing: Step = (_run, done) => {
  done();
};

/** One after the other. */
export function sequence(steps: readonly Step[]): Step {
  const [first, ...rest] = steps;
  if (!first) return nothing;
  if (rest.length === 0) return first;
  const next = sequence(rest);
  return (run, done) => {
    first(run, () => {
      next(run, done);
    });
  };
}

/** All in the same tick; done when the last is. */
export function parallel(steps: readonly Step[]): Step {
  const [first, second] = steps;
  if (!first) return nothing;
  if (!second) return first;
  return (run, done) => {
    let open = steps.length;
    const one = (): void => {
      open -= 1;
      if (open === 0) done();
    };
    for (const step of steps) step(run, one);
  };
}

/** The failures of this run, made when the first is noted. */
export function failuresOf(run: Run): Failures {
  return (run.failures ??= new Map<object, Missing[]>());
}
