import { enclosing, taking } from '../runtime/envelope.ts';
import type { Stored } from './stored.ts';
import type { Before, Cause, Step, Values } from './write.ts';

/** By which secret a customer's values are kept; null where it was destroyed, or never made. */
export type Secret = string | null;

/** What is kept, with the secret of its customer beside it, as the store's functions give it. */
export type Sealed<Kept> = Kept & { readonly secret: Secret };

/** What is said where the words went with the values. */
export const erased = 'It was erased with the customer.';

/** Each member of it by itself: which there are stays to be seen. Pure, but for the nonces. */
export function sealedMembers<Of extends object>(of: Of, secret: string): Of {
  return each(of, enclosing(secret));
}

/** The members as they were; null for each where the secret is gone. */
export function openedMembers<Of extends object>(of: Of, secret: Secret): Of {
  return each(of, taking(secret));
}

/** Steps as they are stored: their values can be read only with the secret. Pure, but for the nonces. */
export function sealedSteps(steps: readonly Step[], secret: string): readonly Step[] {
  const turn = enclosing(secret);
  return steps.map((step) => turned(step, turn));
}

/** A write as it was before it was stored; without the secret, all its values are null. */
export function openedWrite<Of extends Stored>({ secret, ...write }: Sealed<Of>): Omit<Sealed<Of>, 'secret'> {
  const turn = taking(secret);
  return { ...write, steps: write.steps.map((step) => turned(step, turn)) };
}

type Turn = (value: unknown) => unknown;

function turned(step: Step, turn: Turn): Step {
  const { changes, before, after, cause } = step;
  return {
    ...step,
    changes: each(changes, turn),
    before: before && turnedBefore(before, turn),
    after: after && each(after, turn),
    cause: cause && turnedCause(cause, turn),
  };
}

function turnedBefore(before: Before, turn: Turn): Before {
  return { ...before, values: each(before.values, turn), restore: turn(before.restore) };
}

/** An owner may say in its own words what it has against a value. */
function turnedCause(cause: Cause, turn: Turn): Cause {
  const { message, current, others } = cause;
  return {
    ...cause,
    message: (turn(message) ?? erased) as string,
    ...(current === undefined ? {} : { current: each(current, turn) }),
    ...(others === undefined ? {} : { others: others.map((one) => turnedCause(one, turn)) }),
  };
}

function each<Of extends object | Values>(of: Of, turn: Turn): Of {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, turn(value)])) as Of;
}
