import { digest } from '../../runtime/canonical.ts';
import type { LifecycleStatus } from '../../schema/generated/coordination.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import type { Examined } from '../participant.ts';
import { policy, stepOf, type Examinations, type Plan } from '../plan.ts';
import type { Refusal } from '../refusal.ts';
import type { Values } from '../write.ts';
import { statuses, type Guard } from './transitions.ts';

/** What each system is asked to change for a status, and what is to be known of it. */
export function asksFor(to: LifecycleStatus): ReadonlyMap<SystemName, Ask> {
  const { effects, guards } = statuses[to];
  const evidence = (system: SystemName) =>
    guards.flatMap((guard) => (guard.system === system ? [guard.attribute] : []));
  return new Map([
    ['CRM', { changes: { lifecycleStatus: to }, evidence: [] }],
    ...(['ERP', 'BILLING'] as const).map(
      (system) => [system, { changes: effects[system] ?? {}, evidence: evidence(system) }] as const,
    ),
  ]);
}

interface Ask {
  readonly changes: Values;
  readonly evidence: readonly string[];
}

interface Wish {
  readonly entity: EntityName;
  readonly entityId: string;
  readonly to: LifecycleStatus;
}

/**
 * The plan of a change of status: one step for each system that it concerns, what can be undone first, or all that stands
 * against it. Pure. The CRM's record must be as it was seen, so that the transition is one when its turn comes.
 */
export function statusPlan({ entity, entityId, to }: Wish, examinations: Examinations): Plan {
  const { everywhere, guards } = statuses[to];
  const drafts = [...asksFor(to)].flatMap(([system, { changes }]) => {
    const examined = examinations.get(system) ?? null;
    const unneeded =
      Object.keys(changes).length === 0 || (!everywhere && system !== 'CRM' && isUnknown(examined));
    if (unneeded) return [];
    const version = system === 'CRM' ? (examined?.found?.version ?? null) : null;
    return [stepOf(system, changes, version, examined)];
  });
  const ordered = drafts.toSorted((one, other) => Number(other.step.undoable) - Number(one.step.undoable));
  const steps = ordered.map(({ step }, ordinal) => ({ ...step, ordinal }));
  const failing = guards.flatMap((guard) => guardRefused(guard, examinations.get(guard.system) ?? null));
  // What an owner says against its part is a guard of its own, unless the same was said already.
  const said = new Set(failing.map(({ owner }) => owner));
  const own = ordered.flatMap(({ refusals }) => refusals.map(ofOwner)).filter((one) => !said.has(one.owner));
  const refusals = [...transitionRefused(to, examinations.get('CRM') ?? null), ...failing, ...own];
  const seen = steps.map(({ system, changes, before }) => [system, changes, before?.version, before?.same]);
  return { steps, refusals, approve: [], hash: digest({ policy, entity, entityId, to, seen, refusals }) };
}

function isUnknown(examined: Examined | null): boolean {
  return examined !== null && examined.unreachable === undefined && examined.found === null;
}

function transitionRefused(to: LifecycleStatus, crm: Examined | null): readonly Refusal[] {
  const place = { attribute: 'lifecycleStatus', owner: 'CRM' } as const;
  if (!crm || crm.unreachable) {
    const message = 'The CRM cannot be asked where the customer stands; come again later.';
    return [{ code: 'OWNER_UNAVAILABLE', ...place, message }];
  }
  const current = crm.found?.values.lifecycleStatus ?? null;
  const from: readonly unknown[] = [...statuses[to].from, to];
  // A customer that the CRM does not know is refused for that alone.
  if (crm.found === null || from.includes(current)) return [];
  const message = `A customer becomes ${to} from ${statuses[to].from.join(', ')} only.`;
  return [{ code: 'TRANSITION_NOT_ALLOWED', ...place, message, current, expected: to }];
}

function guardRefused(guard: Guard, examined: Examined | null): readonly Refusal[] {
  const { system: owner, attribute, holds, message } = guard;
  if (!examined || examined.unreachable) {
    const why = `${owner} cannot be asked for ${attribute}; come again later.`;
    return [{ code: 'OWNER_UNAVAILABLE', attribute, owner, message: why }];
  }
  if (examined.found === null) return [];
  const current = examined.found.values[attribute] ?? null;
  return holds(current) ? [] : [{ code: 'GUARD_FAILED', attribute, owner, message, current }];
}

function ofOwner(refusal: Refusal): Refusal {
  return refusal.code === 'INVALID_VALUE' ? { ...refusal, code: 'GUARD_FAILED' } : refusal;
}
