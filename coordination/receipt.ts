import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { RecordedWrite } from './coordination.ts';
import { ownerOf } from './plan.ts';
import { hasTaken } from './review.ts';
import { isOver, type Cause, type Guarantee, type Step, type WriteState } from './write.ts';

/** What has become of an attribute, for whoever asked for its change. */
export type Outcome = 'APPLIED' | 'UNCHANGED' | 'PENDING' | 'REJECTED' | 'COMPENSATED' | 'NEEDS_REVIEW';

export interface Receipt {
  readonly attribute: string;
  readonly owner: SystemName;
  /** The system whose copy it is about; null for the owner's own value. */
  readonly copyTo: SystemName | null;
  readonly outcome: Outcome;
  readonly versionBefore: string | null;
  readonly versionAfter: string | null;
  readonly attempts: number;
  /** ISO 8601 in UTC. */
  readonly acceptedAt: string;
  /** ISO 8601 in UTC; null where it is not known. */
  readonly settledAt: string | null;
  readonly cause: Cause | null;
  readonly guarantee: Guarantee | null;
}

/**
 * What has become of each attribute of a write, in the order of its steps, and of each copy that is kept of it. Pure, and
 * says nothing that the steps do not show: what nobody knows needs a person.
 */
export function receipts(write: RecordedWrite, copies: readonly RecordedWrite[]): readonly Receipt[] {
  const owners = new Map(
    write.steps.flatMap(({ system, changes }) => Object.keys(changes).map((name) => [name, system])),
  );
  return [
    ...receiptsOf(write, (name, system) => {
      const owner = ownerOf(write.entity as EntityName, name) ?? system;
      return { owner, copyTo: owner === system ? null : system };
    }),
    ...copies.flatMap((copy) =>
      receiptsOf(copy, (name, system) => ({ owner: owners.get(name) ?? system, copyTo: system })),
    ),
  ];
}

function receiptsOf(
  write: RecordedWrite,
  placeOf: (attribute: string, system: SystemName) => Pick<Receipt, 'owner' | 'copyTo'>,
): readonly Receipt[] {
  return write.steps.flatMap((step) =>
    Object.keys(step.changes).map((attribute): Receipt => {
      const outcome = outcomeOf(write.state, step, attribute);
      return {
        attribute,
        ...placeOf(attribute, step.system),
        outcome,
        versionBefore: step.before?.version ?? null,
        versionAfter: step.versionAfter,
        attempts: step.attempts,
        acceptedAt: write.acceptedAt,
        settledAt: outcome === 'PENDING' ? null : (step.settledAt ?? write.settledAt),
        cause: step.cause ?? causeIn(write.state, step),
        guarantee: step.guarantee,
      };
    }),
  );
}

function outcomeOf(write: WriteState, step: Step, attribute: string): Outcome {
  const { state, before, sent } = step;
  const same = before?.same.includes(attribute) ?? false;
  switch (state) {
    case 'APPLIED':
    case 'COMPENSATED':
      return same ? 'UNCHANGED' : state;
    case 'UNCHANGED':
      return state;
    case 'FAILED':
    case 'SKIPPED':
      return 'REJECTED';
    case 'DEAD':
    case 'REVIEW':
      // Where a steward let the write stand, what was certain before is all that is said.
      if (write === 'REVIEW' || !isOver(write)) return 'NEEDS_REVIEW';
      if (hasTaken(step)) return same ? 'UNCHANGED' : 'APPLIED';
      return sent ? 'NEEDS_REVIEW' : 'REJECTED';
    case 'READY':
      if (!isOver(write)) return 'PENDING';
      return write === 'REVIEW' ? 'NEEDS_REVIEW' : 'REJECTED';
    case 'UNKNOWN':
    case 'UNDOING':
      return isOver(write) ? 'NEEDS_REVIEW' : 'PENDING';
  }
}

/** A step that was never tried has no cause of its own: the write has. */
function causeIn(write: WriteState, { state }: Step): Cause | null {
  if (state === 'SKIPPED') return skipped;
  return state === 'READY' && write === 'CANCELLED' ? cancelled : null;
}

const skipped: Cause = { code: 'NOT_TRIED', message: 'It was not tried, because another part was refused.' };
const cancelled: Cause = { code: 'CANCELLED', message: 'The write was ended before it began.' };
