import { isOfMerge, mergeExamined, mergeProbed } from './merged.ts';
import type { Examined, Found, Outcome } from './participant.ts';
import { canUndo, isOfPresence, presenceExamined, presenceProbed, presenceUndone } from './presence.ts';
import {
  applied,
  compensated,
  failed,
  forReview,
  later,
  refusedFor,
  tried,
  versionConflict,
  waiting,
  type Reason,
  type Tolerance,
} from './transitions.ts';
import { effective, isOpen, type Cause, type Guarantee, type Step, type Values } from './write.ts';

export type { Tolerance };

/** What has happened to one step. */
export type SagaEvent =
  | { readonly type: 'EXAMINED' | 'PROBED'; readonly ordinal: number; readonly examined: Examined | null }
  | { readonly type: 'CALLED' | 'UNDO_CALLED'; readonly ordinal: number; readonly outcome: Outcome }
  /** What an undo found before it was sent; it is not sent unless `undoVerdict` says so. */
  | { readonly type: 'UNDO_PROBED'; readonly ordinal: number; readonly examined: Examined | null };

/** What an undo is to do with what it found: send the call, or be over. Pure. */
export function undoVerdict(step: Step, found: Found): 'SEND' | 'UNDONE' | 'REVIEW' {
  if (found.restored) return 'UNDONE';
  return found.version === step.versionAfter ? 'SEND' : 'REVIEW';
}

/** The step after the event. Pure, but for the randomness of `pause`. */
export function stepAfter(step: Step, event: SagaEvent, tolerance: Tolerance): Step {
  const after = stepMoved(step, event, tolerance);
  const rests = after.state !== step.state && !isOpen(after);
  return rests ? { ...after, settledAt: new Date(tolerance.now).toISOString() } : after;
}

function stepMoved(step: Step, event: SagaEvent, tolerance: Tolerance): Step {
  switch (event.type) {
    case 'EXAMINED':
      return reached(step, event.examined, tolerance, examinedBy(step));
    case 'PROBED':
      return reached(step, event.examined, tolerance, probedBy(step));
    case 'UNDO_PROBED':
      return reached(step, event.examined, tolerance, undoProbed);
    case 'CALLED':
      return called(step, event.outcome, tolerance);
    case 'UNDO_CALLED':
      return undoCalled(step, event.outcome, tolerance);
  }
}

function examinedBy(step: Step): typeof looked {
  if (isOfPresence(step)) return presenceExamined;
  return isOfMerge(step) ? mergeExamined : looked;
}

function probedBy(step: Step): typeof looked {
  if (isOfPresence(step)) return presenceProbed;
  return isOfMerge(step) ? mergeProbed : sentBefore;
}

/** A step that a person starts anew; `whole` undoes even what was settled. Pure. */
export function restartedStep(step: Step, whole: boolean): Step {
  const anew = {
    attempts: 0,
    waits: 0,
    due: null,
    cause: null,
    settledAt: null,
    generation: step.generation + 1,
  };
  const unread = { before: null, sent: false, versionAfter: null, copied: false };
  const again: Step = { ...step, ...anew, ...unread, state: 'READY' };
  switch (step.state) {
    case 'DEAD':
    case 'REVIEW':
      // Once more from what is really there, unless nothing can have been sent.
      return step.before !== null && step.sent ? { ...step, ...anew, state: 'UNKNOWN' } : again;
    case 'FAILED':
      return again;
    case 'UNCHANGED':
    case 'SKIPPED':
    case 'COMPENSATED':
      return whole ? again : step;
    default:
      return step;
  }
}

function reached(
  step: Step,
  examined: Examined | null,
  tolerance: Tolerance,
  then: (step: Step, examined: Examined) => Step,
): Step {
  if (examined === null) return waiting(step, unanswered, tolerance);
  const { guarantee, unreachable } = examined;
  const told = { ...step, guarantee, undoable: canUndo(step, examined) };
  return unreachable ? waiting(told, unreachable, tolerance) : then({ ...told, waits: 0 }, examined);
}

function looked(step: Step, { found }: Examined): Step {
  if (found === null) return failed(step, unknownToOwner);
  const { version, values, restore, same } = found;
  if (step.expect !== null && step.expect !== version)
    return failed(step, versionConflict(found, step.expect));
  const before = { version, values, restore, same };
  const attribute = step.unapproved?.find((name) => !same.includes(name));
  if (attribute !== undefined) {
    const message = `${attribute} has another value by now, and to change it takes a second person: ask for it anew.`;
    return failed(step, { code: 'PLAN_CHANGED', message, attribute, current: values });
  }
  const read: Step = { ...step, before, sent: false, due: null };
  if (covers(same, step.changes)) return { ...read, state: 'UNCHANGED', versionAfter: version, cause: null };
  const refusal = refusedFor(found.refusals);
  return refusal ? failed(read, refusal) : { ...read, state: 'READY' };
}

function called(step: Step, outcome: Outcome, tolerance: Tolerance): Step {
  switch (outcome.status) {
    case 'APPLIED':
      return applied(madeBy(step, outcome), outcome, step.undoable ? (step.before?.version ?? null) : null);
    case 'REFUSED':
      return failed(step, refusedFor(outcome.causes) ?? refusedSilently);
    case 'LATER':
      return waiting({ ...step, state: 'READY' }, outcome, tolerance);
    case 'STALE':
      // The version may have moved by an earlier call of ours that arrived late.
      return step.sent
        ? tried({ ...step, state: 'UNKNOWN', due: null }, stale, tolerance)
        : tried({ ...step, state: 'READY', before: null, due: null }, stale, tolerance);
    case 'UNKNOWN':
      return tried(
        { ...step, state: 'UNKNOWN', sent: true, due: later(step, tolerance) },
        outcome,
        tolerance,
      );
  }
}

/** A record that the call has made is known by its key from now on. */
function madeBy(step: Step, { record }: Extract<Outcome, { status: 'APPLIED' }>): Step {
  return step.kind === 'CREATE' && record ? { ...step, key: record.key } : step;
}

function sentBefore(step: Step, { found }: Examined): Step {
  return probed(step, found);
}

/** An unknown outcome is never repeated blindly: what the record says decides. */
function probed(step: Step, found: Found | null): Step {
  if (found === null) return forReview(step, { ...unknownToOwner, code: 'RECORD_GONE' });
  const { before } = step;
  if (before === null) return { ...step, state: 'READY', sent: false };
  // Whoever else may have changed it since is not known: only what was written is told as ours.
  if (covers(found.same, effective(step))) return applied(step, found, null);
  // The same key has one effect, however often it is sent; a record that did not move was not written.
  if (isKeyed(step) || found.version === before.version) return { ...step, state: 'READY', due: null };
  // Somebody else moved it, and our values are as they were: a late call of ours is refused by its version from now on.
  if (found.restored) return { ...step, state: 'READY', before: null, sent: false, due: null };
  const message =
    'The owner did not say whether it took the change, and the record was changed since; look at the values and decide.';
  return forReview(step, { code: 'UNKNOWN_OUTCOME', message, current: found.values });
}

function undoProbed(step: Step, { found }: Examined): Step {
  if (found === null && step.kind === 'CREATE') return presenceUndone(step);
  if (found === null) return forReview(step, { ...unknownToOwner, code: 'RECORD_GONE' });
  switch (undoVerdict(step, found)) {
    case 'SEND':
      return step;
    case 'UNDONE':
      return compensated(step, found, null);
    case 'REVIEW': {
      const message = 'It cannot be taken back: the record was changed since by somebody else.';
      return forReview(step, { code: 'CHANGED_SINCE', message, current: found.values });
    }
  }
}

function undoCalled(step: Step, outcome: Outcome, tolerance: Tolerance): Step {
  switch (outcome.status) {
    case 'APPLIED':
      return compensated(step, outcome, step.versionAfter);
    case 'REFUSED':
      return forReview(step, refusedFor(outcome.causes) ?? refusedSilently);
    case 'LATER':
      return waiting(step, outcome, tolerance);
    case 'STALE':
    case 'UNKNOWN': {
      const cause = outcome.status === 'STALE' ? stale : outcome;
      const again = tried({ ...step, due: later(step, tolerance) }, cause, tolerance);
      return again.state === 'DEAD' ? { ...again, state: 'REVIEW' } : again;
    }
  }
}

/** Whether the owner recognises a repeated call; one with versions is asked by version instead. */
function isKeyed({ guarantee, undoable }: Step): boolean {
  return (guarantee satisfies Guarantee | null) === 'EFFECTIVELY_ONCE' && !undoable;
}

function covers(same: readonly string[], changes: Values): boolean {
  return Object.keys(changes).every((name) => same.includes(name));
}

const unanswered: Reason = { code: 'SYSTEM_UNAVAILABLE', message: 'The owner cannot be reached.' };
const stale: Reason = { code: 'VERSION_CONFLICT', message: 'The record was changed meanwhile.' };
const refusedSilently: Cause = { code: 'INVALID_VALUE', message: 'The owner refused without a reason.' };
const unknownToOwner: Cause = {
  code: 'UNKNOWN_TO_OWNER',
  message: 'The owner has no record of it; onboard it there first.',
};
