import type * as contract from '../../../schema/generated/coordination.ts';
import { shownRefusal } from '../../shown.ts';
import type { Sight } from '../../sight.ts';
import type { PlannedMerge } from '../workflows.ts';

/** A plan in the contract's form; its customers are named by their ids. */
export interface ShownMergePlan extends Omit<contract.MergePlan, 'survivor' | 'other' | '__typename'> {
  readonly survivor: { readonly id: string } | null;
  readonly other: { readonly id: string } | null;
}

/** A plan as the contract tells it. Pure. */
export function shownMergePlan(
  { survivorId, otherId, plan, refusals }: PlannedMerge,
  sight: Sight,
): ShownMergePlan {
  return {
    planHash: refusals.length > 0 ? null : (plan?.hash ?? null),
    survivor: survivorId === null ? null : { id: survivorId },
    other: otherId === null ? null : { id: otherId },
    attributes: (plan?.attributes ?? []).map(({ survivorValue, otherValue, ...told }) => ({
      ...told,
      survivorValue: sight(told.attribute, survivorValue),
      otherValue: sight(told.attribute, otherValue),
    })),
    systems: plan?.systems ?? [],
    refusals: refusals.map((refusal) => shownRefusal(refusal, sight)),
  };
}
