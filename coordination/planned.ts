import type * as contract from '../schema/generated/coordination.ts';
import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { Planned } from './coordination.ts';
import { governed } from './plan.ts';
import type { Refusal } from './refusal.ts';
import { shownRefusal } from './shown.ts';
import type { Sight } from './sight.ts';
import type { Step } from './write.ts';

/** A plan in the contract's form; its customer is named by its key. */
export interface ShownPlan extends Omit<contract.CustomerUpdatePlan, 'customer' | '__typename'> {
  readonly customer: { readonly id: string } | null;
}

/** A plan as the contract tells it, attribute by attribute. Pure. */
export function shownPlan(planned: Planned, entity: EntityName, sight: Sight): ShownPlan {
  const { steps, refusals, approve, planHash, entityId, followedMerge } = planned;
  return {
    planHash,
    customer: entityId === null ? null : { id: entityId },
    followedMerge,
    changes: steps.flatMap((step) =>
      Object.keys(step.changes).map((name) => shownChange(step, name, { entity, refusals, sight })),
    ),
    approvals: approve,
    refusals: refusals.map((refusal) => shownRefusal(refusal, sight)),
  };
}

interface Around {
  readonly entity: EntityName;
  readonly refusals: readonly Refusal[];
  readonly sight: Sight;
}

function shownChange(step: Step, name: string, { entity, refusals, sight }: Around): contract.PlannedChange {
  const { before, guarantee, undoable } = step;
  const write = governed(entity, name)?.write;
  const unchanged = before?.same.includes(name) ?? false;
  const own = refusals.filter(({ attribute }) => attribute === name);
  return {
    attribute: name,
    owner: step.system,
    copiedTo: unchanged ? [] : ((write?.copiedTo ?? []) as readonly SystemName[]),
    step: step.ordinal + 1,
    // An owner that has no record could be asked: it said so.
    examined: before !== null || own.some(({ code }) => code === 'UNKNOWN_TO_OWNER'),
    precondition: before === null ? null : (step.expect ?? before.version),
    guarantee,
    undoable,
    approvals: unchanged ? [] : (write?.approve ?? []),
    current: sight(name, before?.values[name]),
    wanted: step.changes[name] ?? null,
    unchanged,
    refusals: own.map((refusal) => shownRefusal(refusal, sight)),
  };
}
