import { v7 as uuid } from 'uuid';
import { digest } from '../runtime/canonical.ts';
import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { Draft } from './journal.ts';
import { policy, stepOf } from './plan.ts';
import type { Step, StepKind, Values } from './write.ts';

/** A step that is ordered before anybody has looked at the record; it is examined when its turn comes. */
export interface OrderedStep {
  readonly system: SystemName;
  readonly kind: StepKind;
  /** Of a `WITHDRAW`, none. */
  readonly changes: Values;
  /** Of a merge, or its undoing: keys of the record that stays, and of the one that lives on as it. */
  readonly merge?: Step['merge'];
  /** The version that the record must have; a `WITHDRAW` without one takes away whatever is there. */
  readonly expect?: string | null;
  /** Of a `WITHDRAW`: whether what it takes away may be made once more, by a call that is still on its way. */
  readonly loose?: boolean;
}

/** A write whose steps were decided on inside of coordination: its values are checked, and its caller may have them written. */
export interface Ordered extends Pick<
  Draft,
  | 'entityId'
  | 'mode'
  | 'lane'
  | 'reason'
  | 'correlationId'
  | 'traceparent'
  | 'requestedBy'
  | 'subject'
  | 'key'
> {
  readonly entity: EntityName;
  /** In the order in which they are taken; in mode ALL only the last may be one that cannot be undone. */
  readonly steps: readonly OrderedStep[];
  /** What the key stands for; the steps where it is absent. */
  readonly hash?: string;
}

/** The write, to be accepted by the journal under its key. Pure, but for its id. */
export function orderedDraft({ steps: ordered, hash, ...order }: Ordered): Draft {
  const steps = ordered.map(({ system, kind, changes, expect, merge, loose }, ordinal): Step => ({
    ...stepOf(system, changes, expect ?? null, null, kind).step,
    ...(merge ? { merge } : {}),
    ...(loose ? { loose } : {}),
    ordinal,
  }));
  const { entity, entityId, mode } = order;
  const planHash = digest({ policy, entity, entityId, mode, ordered });
  return {
    ...order,
    id: uuid(),
    state: 'PENDING',
    steps,
    approve: [],
    approval: null,
    planHash,
    policy,
    hash: hash ?? planHash,
    queue: entityId,
    parent: null,
  };
}
