import type { Refusal } from './refusal.ts';
import { restarted } from './saga.ts';
import { isOpen, type Step, type Write, type WriteState } from './write.ts';

/** What a steward decided about a write that waited for a person. */
export interface Review {
  readonly decision: 'RETRY' | 'REPEAT' | 'ACCEPT_AS_IS' | 'CANCEL';
  readonly by: string;
  /** The second person who agreed; null where it took none. */
  readonly approvedBy: string | null;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly reason: string;
}

/** A write as it is to be made over what the owners have now, although nobody knows what became of a call. Pure. */
export function repeated(write: Write): readonly Step[] {
  return restarted(write).steps.map((step): Step =>
    step.state === 'UNKNOWN'
      ? { ...step, state: 'READY', before: null, sent: false, versionAfter: null, copied: false }
      : step,
  );
}

/** How a write ends that is let stand as it is. Pure. */
export function acceptedAsIs({ steps }: Pick<Write, 'steps'>): Extract<WriteState, 'PARTIAL' | 'FAILED'> {
  return steps.some((step) => step.state === 'UNCHANGED' || hasTaken(step)) ? 'PARTIAL' : 'FAILED';
}

/**
 * A write that waits for a person as it is to be taken back: what has taken effect, or may have, is undone where the
 * record is still ours, and what certainly has not is not tried any more. Pure.
 */
export function withdrawn(write: Write): readonly Step[] | Refusal {
  const lasting = write.steps.find((step) => !step.undoable && mayHaveTaken(step));
  if (lasting) return { ...cannotBeUndone, owner: lasting.system };
  if (write.mode === 'EACH' && write.steps.some(hasTaken)) return standsAlone;
  return write.steps.map((step): Step => {
    const anew = { attempts: 0, waits: 0, due: null, settledAt: null };
    const generation = step.generation + 1;
    if (mayHaveTaken(step)) return { ...step, ...anew, generation, cause: null, state: 'UNDOING' };
    return isForPerson(step) || isOpen(step) ? { ...step, ...anew, state: 'SKIPPED' } : step;
  });
}

/** Whether it certainly has had its effect, which nobody has taken back since. */
export function hasTaken(step: Pick<Step, 'state' | 'versionAfter'>): boolean {
  return step.state === 'APPLIED' || (isForPerson(step) && step.versionAfter !== null);
}

/** Whether it has had its effect, or nobody knows that it has not. */
function mayHaveTaken(step: Pick<Step, 'state' | 'versionAfter' | 'sent'>): boolean {
  return hasTaken(step) || (isForPerson(step) && step.sent);
}

function isForPerson({ state }: Pick<Step, 'state'>): boolean {
  return state === 'REVIEW' || state === 'DEAD';
}

const cannotBeUndone: Refusal = {
  code: 'CANNOT_BE_UNDONE',
  message: 'A part that has taken effect cannot be taken back; retry the rest, or accept the write as it is.',
};
const standsAlone: Refusal = {
  code: 'CANNOT_BE_UNDONE',
  message: 'Its parts stand on their own, and some have taken effect; retry the rest, or accept it as it is.',
};
