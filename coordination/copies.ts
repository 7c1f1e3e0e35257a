import { v7 as uuid } from 'uuid';
import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { Draft, Stored } from './journal.ts';
import { governed, stepOf } from './plan.ts';
import { effective, type Step, type Values } from './write.ts';

/** Whether copies have to follow what has become of a step: once each time that its values have changed for good. */
export function isToCopy({ kind, state, copied }: Step, final: boolean): boolean {
  if (kind !== 'OWNER') return false;
  return copied === true ? state === 'COMPENSATED' : state === 'APPLIED' && final;
}

/**
 * The writes that keep the copies of what these steps have changed, or have put back: one for each system that keeps any, in a queue of
 * its own, so that a system that is down holds up its own copies only.
 */
export function copiesOf(write: Stored, steps: readonly Step[]): readonly Draft[] {
  const copied = steps.flatMap((step) =>
    Object.keys(effective(step)).flatMap((name) =>
      targetsOf(write.entity as EntityName, name).map((target) => ({
        target,
        name,
        value: (step.state === 'COMPENSATED' ? step.before?.values : step.after)?.[name] ?? null,
      })),
    ),
  );
  return [...Map.groupBy(copied, ({ target }) => target)].map(([target, all]) =>
    copyOf(write, target, Object.fromEntries(all.map(({ name, value }) => [name, value]))),
  );
}

function copyOf(write: Stored, target: SystemName, changes: Values): Draft {
  const { step } = stepOf(target, changes, null, null, 'COPY');
  const { entity, entityId, lane, correlationId, traceparent, requestedBy, planHash, policy } = write;
  const { client, operation, reason } = write;
  const told = { entity, entityId, lane, correlationId, traceparent, requestedBy, client, operation };
  const id = uuid();
  return {
    ...told,
    ...{ id, reason, planHash, policy },
    mode: 'EACH',
    state: 'PENDING',
    steps: [step],
    approve: [],
    approval: null,
    subject: null,
    key: id,
    hash: '',
    queue: `${write.queue}/${target}`,
    parent: write.id,
  };
}

function targetsOf(entity: EntityName, name: string): readonly SystemName[] {
  return (governed(entity, name)?.write.copiedTo ?? []) as readonly SystemName[];
}
