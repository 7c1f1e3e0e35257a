import type { Draft } from '../events/index.ts';
import type { SystemName } from '../schema/generated/contracts.ts';
import { effective, type Effect, type Step, type Write } from './write.ts';

/** What the change feed is told of the effects that steps have had since they were stored last. Pure. */
export function toldOf(
  write: Pick<Write, 'id' | 'entity' | 'entityId' | 'correlationId'>,
  steps: readonly Step[],
): readonly Draft[] {
  const { id, entity, entityId, correlationId } = write;
  const cause = { requestId: id, correlationId };
  return steps.flatMap((step) =>
    step.effect ? [{ ...effectOn(step, step.effect), entity, entityId, cause }] : [],
  );
}

/** A step as it is stored: what was to be told of it is told with it. Pure. */
export function untold(step: Step): Step {
  const stored: { -readonly [K in keyof Step]: Step[K] } = { ...step };
  delete stored.effect;
  return stored;
}

function effectOn(step: Step, effect: Effect): Omit<Draft, 'entity' | 'entityId' | 'cause'> {
  const { key, version, foundVersion, fingerprints } = effect;
  return {
    source: 'WRITE',
    system: step.system satisfies SystemName,
    ...{ key, version, foundVersion, fingerprints },
    // A copy is no attribute of the system that keeps it; its record moves all the same. Of a new record all is new.
    written: step.kind === 'OWNER' ? Object.keys(effective(step)) : [],
    touched: [],
    since: null,
    known: step.kind !== 'CREATE',
  };
}
