import { entryOf, traceIdOf, type AuditEntry } from '../audit/index.ts';
import type { Fingerprinter } from '../events/index.ts';
import { effective, isOver, type Step, type Values, type Write } from './write.ts';

/** What is told of every write. */
interface Asked extends Pick<
  Write,
  'id' | 'entity' | 'entityId' | 'steps' | 'correlationId' | 'traceparent'
> {
  readonly requestedBy: string;
  readonly client?: string | undefined;
  readonly operation?: string | undefined;
  readonly reason: string | null;
}

/** That a write was accepted; null for a copy, which is told of with the write that it follows from. Pure. */
export function acceptedIn(draft: Asked & { readonly parent: string | null }): AuditEntry | null {
  if (draft.parent !== null) return null;
  return { ...entryFor(draft), action: 'WRITE_ACCEPTED', attributes: attributesOf(draft.steps) };
}

/**
 * What a settlement comes to: the effects that its steps have had since the one before, and whether the write is over.
 * Each effect is in exactly one entry; there is none where there is neither. Pure.
 * @param former the steps as they were stored before
 */
export function settledIn(
  write: Asked,
  { steps, state }: Pick<Write, 'steps' | 'state'>,
  former: readonly Step[],
  fingerprint: Fingerprinter,
): readonly AuditEntry[] {
  const changed = steps.filter((step, i) => hadEffect(step) && step.state !== former[i]?.state);
  if (changed.length === 0 && !isOver(state)) return [];
  const hashes = (valuesOf: (step: Step) => Values) =>
    Object.fromEntries(
      changed.flatMap((step) => {
        const values = valuesOf(step);
        return Object.keys(effective(step)).map((name) => [name, fingerprint(name, values[name])]);
      }),
    );
  return [
    {
      ...entryFor(write),
      action: 'WRITE_SETTLED',
      attributes: [...new Set(changed.flatMap((step) => Object.keys(effective(step))))].sort(),
      before: hashes((step) => (isUndone(step) ? made(step) : (step.before?.values ?? {}))),
      after: hashes((step) => (isUndone(step) ? (step.before?.values ?? {}) : made(step))),
      outcome: state,
    },
  ];
}

/** What a person decided about a write. Pure. */
export function decisionOn(
  write: Pick<Write, 'id' | 'entity' | 'entityId' | 'steps'>,
  decision: { readonly operation: string; readonly outcome: string; readonly reason?: string | null },
  context: Parameters<typeof entryOf>[0],
): AuditEntry {
  const { entity, entityId, steps, id } = write;
  return entryOf(context, {
    ...decision,
    ...{ action: 'DECISION', entity, entityId, attributes: attributesOf(steps) },
    receipt: { kind: 'WRITE', id },
  });
}

function entryFor(asked: Asked): Omit<AuditEntry, 'action' | 'attributes'> {
  const { requestedBy, client = null, operation = null, entity, entityId, id } = asked;
  const { reason, correlationId, traceparent } = asked;
  return {
    ...{ actor: requestedBy, client, operation, entity, entityId, before: {}, after: {} },
    ...{ receipt: { kind: 'WRITE', id }, outcome: null, reason },
    requests: [{ correlationId, traceId: traceIdOf(traceparent) }],
  };
}

const attributesOf = (steps: readonly Step[]): readonly string[] =>
  [...new Set(steps.flatMap(({ changes }) => Object.keys(changes)))].sort();

const hadEffect = ({ state }: Step): boolean => state === 'APPLIED' || state === 'COMPENSATED';
const made = ({ after, changes }: Step): Values => after ?? changes;
const isUndone = ({ state }: Step): boolean => state === 'COMPENSATED';
