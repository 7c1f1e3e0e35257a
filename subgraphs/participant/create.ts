import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type { ParticipantOrder, ParticipantOutcome } from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import { valuesOf } from './examine.ts';
import { ended, meant, notSent } from './outcomes.ts';
import type { Part } from './part.ts';
import { merged, putsOf } from './writable.ts';

/**
 * Makes a system's record of an entity, and tells the register of it. One call at most that may have an effect; how it
 * ended is the answer. A record that turns out to be there is as one that has changed since it was looked for.
 */
export async function create<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  order: ParticipantOrder,
): Promise<ParticipantOutcome> {
  const { connector, crossing, guard, translation } = part;
  const { entityId, changes, wireKey } = order;
  const call = { sent: false };
  try {
    const wanted = await translation.inward(context, changes);
    const { written, refused } = putsOf(part.writables.CREATE, wanted.values, {});
    const causes = [...wanted.refused, ...refused];
    if (causes.length > 0) return { ...ended('REFUSED'), causes };
    const record = { ...merged(written.values()), ...part.external(entityId) };
    const made = await guard(
      context,
      (signal) => {
        call.sent = true;
        return connector.create(record, { wireKey }, callOf(context, signal));
      },
      { retry: false },
    );
    await crossing.link(context, entityId, made.key);
    const values = valuesOf(part.writables.CREATE, Object.keys(changes), made.record);
    return {
      ...ended('APPLIED'),
      version: made.version,
      values: await translation.outward(context, values),
      record: { key: made.key, fingerprints: part.fingerprints(made.record) },
    };
  } catch (error) {
    if (!call.sent) return notSent(error);
    const taken = error instanceof Failure && error.code === 'DUPLICATE';
    return taken && (await isThere(part, context, entityId)) ? ended('STALE') : meant(part, order, error);
  }
}

/** Whether what is taken is the name of this entity: by a call of ours that was late, or by somebody else. */
async function isThere<R extends object, Rows extends object>(
  { connector, guard }: Part<R, Rows>,
  context: RequestContext,
  entityId: string,
): Promise<boolean> {
  const find = (signal: AbortSignal) => connector.find(entityId, callOf(context, signal));
  // Where that cannot be told now, looking once more is what becomes of it.
  return guard(context, find, { retry: true }).then(
    (found) => found !== null,
    () => true,
  );
}
