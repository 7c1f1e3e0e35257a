import type { Examined, Found } from './participant.ts';
import { applied, compensated, failed, forReview, refusedFor, versionConflict } from './transitions.ts';
import type { Before, Cause, Step } from './write.ts';

/** Steps that are about whether an owner has a record at all, and not about what is in it. */
export function isOfPresence({ kind }: Pick<Step, 'kind'>): boolean {
  return kind === 'CREATE' || kind === 'WITHDRAW' || kind === 'ERASE';
}

/** Whether the owner can take a step's effect back; what was taken away is not made again as it was. */
export function canUndo({ kind, loose }: Step, { conditional }: Examined): boolean {
  return conditional && (kind === 'OWNER' || kind === 'COPY' || kind === 'CREATE') && loose !== true;
}

/** A step of presence once its record was looked for, and before anything was sent. Pure. */
export function presenceExamined(step: Step, { found, refusals }: Examined): Step {
  const read: Step = { ...step, before: beforeOf(found), sent: false, due: null };
  if (step.kind === 'CREATE') {
    if (found)
      return { ...read, ...keyOf(found), state: 'UNCHANGED', versionAfter: found.version, cause: null };
    const refusal = refusedFor(refusals ?? []);
    return refusal ? failed(read, refusal) : { ...read, state: 'READY' };
  }
  if (!found) return { ...read, state: 'UNCHANGED', versionAfter: null, cause: null };
  const known = { ...read, ...keyOf(found) };
  if (step.expect !== null && step.expect !== found.version)
    return failed(known, versionConflict(found, step.expect));
  if (step.loose && step.generation === 0) return forReview(known, mayComeAgain);
  return { ...known, state: 'READY' };
}

/** The same once a call was sent of whose outcome nobody knows. Pure. */
export function presenceProbed(step: Step, { found, keyed }: Examined): Step {
  return step.kind === 'CREATE' ? createProbed(step, found, keyed) : withdrawalProbed(step, found);
}

function createProbed(step: Step, found: Found | null, keyed: boolean): Step {
  // Nobody else makes records in the name of this customer, and what is not there can be made.
  if (found) return applied({ ...step, ...keyOf(found) }, found, null);
  // Whatever makes repeated calls one record, it does so however late the first of them arrives.
  if (step.guarantee !== 'EFFECTIVELY_ONCE') return forReview(step, unknownOutcome);
  if (keyed) return { ...step, state: 'READY', due: null };
  // By then, what it must not be made twice beside may have been taken away again: so it is not.
  return { ...step, state: 'READY', due: null, loose: true, undoable: false };
}

function withdrawalProbed(step: Step, found: Found | null): Step {
  if (!found) return applied(step, goneOf(step), null);
  if (found.version === step.before?.version) return { ...step, state: 'READY', due: null };
  // A late call of ours is refused by its version from now on, where the owner minds it.
  return step.guarantee === 'EFFECTIVELY_ONCE'
    ? { ...step, state: 'READY', before: null, sent: false, due: null }
    : forReview(step, { ...unknownOutcome, current: found.values });
}

/** A record that was made and is to be withdrawn, where it is not there any more. Pure. */
export function presenceUndone(step: Step): Step {
  return compensated(step, goneOf(step), null);
}

/** What an owner has after a record was taken away. */
function goneOf({ key }: Step): Parameters<typeof compensated>[1] {
  return { version: null, values: {}, ...(key === undefined ? {} : { record: { key, fingerprints: null } }) };
}

function keyOf({ record }: Found): Pick<Step, 'key'> {
  return record ? { key: record.key } : {};
}

function beforeOf(found: Found | null): Before {
  const { version = null, values = {} } = found ?? {};
  return { version, values, restore: {}, same: [] };
}

/** A person can see in the owner what came of it, and has it tried again then. */
const mayComeAgain: Cause = {
  code: 'UNKNOWN_OUTCOME',
  message:
    'A call that was to make the record got no answer, and may still make another one once this one is taken away; retry when it no longer can.',
};
const unknownOutcome: Cause = {
  code: 'UNKNOWN_OUTCOME',
  message: 'The owner did not say whether it took the call; look at its records and decide.',
};
