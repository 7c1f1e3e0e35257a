import type { Examined, Found } from './participant.ts';
import { applied, failed, forReview } from './transitions.ts';
import type { Cause, Step } from './write.ts';

/** Steps by which a system lets one of its records live on as another, or takes them apart. */
export function isOfMerge({ kind }: Pick<Step, 'kind'>): boolean {
  return kind === 'MERGE' || kind === 'UNMERGE';
}

/** Such a step once its records were looked for, and before anything was sent. Pure. */
export function mergeExamined(step: Step, { found, merges }: Examined): Step {
  if (merges === false) return failed(step, mergesNothing);
  const read: Step = { ...step, before: beforeOf(found), sent: false, due: null };
  if (step.kind === 'UNMERGE') return found ? unchanged(read, found) : { ...read, state: 'READY' };
  if (!found) return failed(step, gone);
  return found.restored ? { ...read, state: 'READY' } : unchanged(read, found);
}

/** The same once a call was sent of whose outcome nobody knows: whether both records are there says it. Pure. */
export function mergeProbed(step: Step, { found }: Examined): Step {
  if (step.kind === 'UNMERGE')
    return found ? applied(step, found, null) : { ...step, state: 'READY', due: null };
  if (!found) return forReview(step, { ...gone, code: 'RECORD_GONE' });
  if (!found.restored) return applied(step, found, null);
  // A late call of ours is refused by the version of the record that stays, where that has moved.
  return found.version === step.before?.version
    ? { ...step, state: 'READY', due: null }
    : { ...step, state: 'READY', before: null, sent: false, due: null };
}

function unchanged(step: Step, { version }: Found): Step {
  return { ...step, state: 'UNCHANGED', versionAfter: version, cause: null };
}

function beforeOf(found: Found | null): Step['before'] {
  return { version: found?.version ?? null, values: {}, restore: {}, same: [] };
}

const gone: Cause = {
  code: 'UNKNOWN_TO_OWNER',
  message: 'The record that was to stay is not there any more.',
};
const mergesNothing: Cause = { code: 'BAD_REQUEST', message: 'The system merges no records itself.' };
