import { restartedStep, stepAfter, type SagaEvent, type Tolerance } from './step.ts';
import { isOpen, type Step, type Write, type WriteState } from './write.ts';

/** What is to be done next for a write, by the ordinals of its steps. */
export type Action =
  /** Read the records as they are. What is read is journalled before anything is applied. */
  | { readonly do: 'EXAMINE'; readonly steps: readonly number[] }
  /** Find out what became of calls whose outcome is unknown. */
  | { readonly do: 'PROBE'; readonly steps: readonly number[] }
  | { readonly do: 'APPLY'; readonly steps: readonly number[] }
  | { readonly do: 'UNDO'; readonly steps: readonly number[] }
  /** Nothing before this moment, in epoch milliseconds by the store's clock. */
  | { readonly do: 'WAIT'; readonly until: number }
  | { readonly do: 'FINISH'; readonly state: WriteState };

/** What is to be done next for a write that is held. Pure: the same write at the same moment gives the same action. */
export function decide(write: Write, now: number): Action {
  const stuck = write.mode === 'ALL' && write.steps.some(isForPerson);
  // What is unknown or half undone is brought to an end all the same.
  const open = write.steps.filter((step) => isOpen(step) && !(stuck && step.state === 'READY'));
  if (open.length === 0) return { do: 'FINISH', state: finalState(write) };
  const ready = open.filter(({ due }) => due === null || due <= now);
  const unknown = ready.filter(({ state }) => state === 'UNKNOWN');
  if (unknown.length > 0) return act('PROBE', unknown);
  const unread = ready.filter(({ state, before }) => state === 'READY' && before === null);
  if (unread.length > 0) return act('EXAMINE', unread);
  const undoing = open.findLast(({ state }) => state === 'UNDOING');
  const next = (write.mode === 'EACH' ? ready : inTurn(open, undoing)).filter((step) => ready.includes(step));
  if (next.length > 0) return act(undoing ? 'UNDO' : 'APPLY', next);
  return {
    do: 'WAIT',
    until: Math.min(...open.flatMap(({ due }) => (due !== null && due > now ? [due] : []))),
  };
}

/** Where all must hold together: one after the other once all are read, and undone from the last to the first. */
function inTurn(open: readonly Step[], undoing: Step | undefined): readonly Step[] {
  if (undoing) return [undoing];
  return open.some(({ state, before }) => state === 'READY' && before === null) ? [] : open.slice(0, 1);
}

/** The write after something has happened to one of its steps. Pure. */
export function evolve(write: Write, event: SagaEvent, tolerance: Tolerance): Write {
  const steps = write.steps.map((step) =>
    step.ordinal === event.ordinal ? stepAfter(step, event, tolerance) : step,
  );
  return turned({ ...write, steps });
}

/** A write whose worker has lost it: whatever it could have sent may have had its effect. Pure. */
export function takenOver(write: Write): Write {
  const steps = write.steps.map((step): Step =>
    step.state === 'READY' && step.before !== null
      ? { ...step, state: 'UNKNOWN', sent: true, due: null }
      : step,
  );
  return { ...write, steps };
}

/** Starts a write anew that a person wants to be tried again; what had its effect stays. Pure. */
export function restarted(write: Write): Write {
  const whole = write.mode === 'ALL' && !write.steps.some(isForPerson);
  return { ...write, state: 'PENDING', steps: write.steps.map((step) => restartedStep(step, whole)) };
}

/** Whether `restarted` would find anything to do. */
export function isRestartable(write: Write): boolean {
  return ['REVIEW', 'FAILED', 'PARTIAL'].includes(write.state) && restarted(write).steps.some(isOpen);
}

/** In mode ALL a refused step turns the saga round: what was applied is undone, what was not tried is left. */
function turned(write: Write): Write {
  if (write.mode === 'EACH') return write;
  const { steps } = write;
  const failed = steps.some(({ state }) => state === 'FAILED');
  const settled = steps.every(({ state }) => state !== 'UNKNOWN');
  const final = steps.some((step) => isForPerson(step) || (step.state === 'APPLIED' && !step.undoable));
  if (!failed || !settled || final) return write;
  return {
    ...write,
    state: steps.some(({ state }) => state === 'APPLIED' || state === 'UNDOING')
      ? 'COMPENSATING'
      : write.state,
    steps: steps.map((step): Step => {
      if (step.state === 'READY') return { ...step, state: 'SKIPPED', due: null };
      if (step.state === 'APPLIED') return { ...step, state: 'UNDOING', attempts: 0, waits: 0, due: null };
      return step;
    }),
  };
}

function finalState({ steps, mode }: Write): WriteState {
  const states = new Set(steps.map(({ state }) => state));
  const failed = states.has('FAILED') || states.has('SKIPPED') || states.has('COMPENSATED');
  const done = states.has('APPLIED') || states.has('UNCHANGED');
  // A step that cannot be undone beside one that was refused is half a write: a person has to know.
  const half = mode === 'ALL' && failed && states.has('APPLIED');
  if (states.has('REVIEW') || states.has('DEAD') || half) return 'REVIEW';
  if (!failed) return 'SUCCEEDED';
  return done && mode === 'EACH' ? 'PARTIAL' : 'FAILED';
}

/** Whether only a person can go on with the step. */
function isForPerson({ state }: Step): boolean {
  return state === 'REVIEW' || state === 'DEAD';
}

function act(what: 'EXAMINE' | 'PROBE' | 'APPLY' | 'UNDO', steps: readonly Step[]): Action {
  return { do: what, steps: steps.map(({ ordinal }) => ordinal) };
}
