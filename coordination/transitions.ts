import type { Found } from './participant.ts';
import type { Cause, Effect, Step } from './write.ts';

/** How much a step puts up with, and what time it is. */
export interface Tolerance {
  /** Calls with an unknown or conflicting outcome, at most. */
  readonly attempts: number;
  /** Epoch milliseconds by the store's clock. */
  readonly now: number;
  /** Milliseconds to stay away after so many tries in a row; random, so that not all come back at once. */
  readonly pause: (tries: number) => number;
}

/** What an owner says of its record after an effect; of one that was taken away, neither version nor fingerprints. */
export interface After extends Pick<Found, 'values'> {
  readonly version: string | null;
  readonly record?: Pick<Effect, 'key' | 'fingerprints'>;
}

/** Why a step has to wait, or is tried again. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: number;
}

export function applied(step: Step, after: After, foundVersion: string | null): Step {
  const rest = { sent: false, due: null, cause: null };
  const { version: versionAfter, values } = after;
  return {
    ...step,
    ...rest,
    ...effectOf(after, foundVersion),
    state: 'APPLIED',
    versionAfter,
    after: values,
  };
}

export function compensated(step: Step, after: After, foundVersion: string | null): Step {
  return { ...step, ...effectOf(after, foundVersion), state: 'COMPENSATED', due: null };
}

function effectOf({ record, version }: After, foundVersion: string | null): Pick<Step, 'effect'> {
  return record ? { effect: { ...record, version, foundVersion } } : {};
}

export function failed(step: Step, cause: Cause): Step {
  return { ...step, state: 'FAILED', due: null, cause };
}

export function forReview(step: Step, cause: Cause): Step {
  return { ...step, state: 'REVIEW', due: null, cause };
}

export function waiting(step: Step, { code, message, retryAfter = 0 }: Reason, tolerance: Tolerance): Step {
  const pause = Math.max(retryAfter * 1000, tolerance.pause(step.waits + 1));
  return { ...step, waits: step.waits + 1, due: tolerance.now + pause, cause: { code, message } };
}

export function tried(step: Step, { code, message }: Reason, tolerance: Tolerance): Step {
  const attempts = step.attempts + 1;
  const cause = { code, message };
  return attempts < tolerance.attempts
    ? { ...step, attempts, cause }
    : { ...step, attempts, cause, state: 'DEAD', due: null };
}

export function later(step: Step, tolerance: Tolerance): number {
  return tolerance.now + tolerance.pause(step.attempts + 1);
}

/** The refusal of all that an owner refused at once; null where it refused nothing. */
export function refusedFor([first, ...others]: readonly Cause[]): Cause | null {
  if (!first) return null;
  return others.length > 0 ? { ...first, others } : first;
}

/** The record is another one by now than was insisted on. */
export function versionConflict(found: Found, expected: string): Cause {
  const message = `The record has the version ${found.version} and no longer ${expected}; read it again and decide anew.`;
  return { code: 'VERSION_CONFLICT', message, current: found.values };
}
