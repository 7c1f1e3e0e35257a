import { holds, type Principal } from '../runtime/principal.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import type { Change } from './coordination.ts';
import { byOwner, governed, type Plan } from './plan.ts';
import type { Refusal } from './refusal.ts';

/** What speaks against a change before anybody is asked. Pure. */
export function refusalsOf({ entity, changes, expect }: Change, principal: Principal): readonly Refusal[] {
  const names = Object.keys(changes);
  if (names.length === 0) return [noChanges];
  const asked = byOwner(entity, changes);
  const idle = expect.filter(({ system }) => !asked.has(system)).map(({ system }) => system);
  return [
    ...idle.map(expectsNothing),
    ...names.flatMap((attribute): readonly Refusal[] => {
      const known = governed(entity, attribute);
      if (!known)
        return [
          {
            code: 'INVALID_VALUE',
            attribute,
            message: `${entity} has no attribute ${attribute} that can be written.`,
          },
        ];
      const { owner, write } = known;
      if (holds(principal, write.scopes)) return [];
      const message = `To write ${attribute} takes the scopes ${write.scopes.join(' and ')}.`;
      return [{ code: 'NOT_PERMITTED', attribute, owner, message }];
    }),
  ];
}

function expectsNothing(owner: SystemName): Refusal {
  const message = `A version of ${owner} is expected, which owns none of the changes; leave it out.`;
  return { code: 'VERSION_CONFLICT', owner, message };
}

/** The answer to what is asked of an entity that there is not. */
export function unknown({ entity, entityId }: Pick<Change, 'entity' | 'entityId'>) {
  const message = `There is no ${entity} with the id "${entityId.slice(0, 100)}".`;
  return {
    entityId: null,
    followedMerge: false,
    refusals: [{ code: 'UNKNOWN_CUSTOMER', message } satisfies Refusal],
  };
}

/** What is planned where nothing may be. */
export const nothing: Plan = { steps: [], refusals: [], approve: [], hash: '' };

export const unreachable = { code: 'SYSTEM_UNAVAILABLE', message: 'The owner cannot be reached.' };
const noChanges: Refusal = { code: 'NO_CHANGES', message: 'Name at least one attribute to change.' };
export const keyRequired: Refusal = {
  code: 'IDEMPOTENCY_KEY_REQUIRED',
  message:
    'Give an idempotency key, in the input or as the header Idempotency-Key: a new one for each write, the same when it is sent again.',
};
export const keyReused: Refusal = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'The idempotency key was used for another write; give a new one.',
};
export const deadlinePassed: Refusal = {
  code: 'DEADLINE_PASSED',
  message: 'The deadline is in the past; give a later one, or none.',
};
export const planChanged: Refusal = {
  code: 'PLAN_CHANGED',
  message: 'What would be done is no longer what was planned; plan again, and decide anew.',
};
export const mayNotChangeStatus: Refusal = {
  code: 'NOT_PERMITTED',
  message: 'To change the status of a customer takes the scope customer:write:status.',
};
