import type { RequestContext } from '../../runtime/context.ts';
import type { ParticipantOrder, ParticipantOutcome } from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import type { WriteOptions } from '../connector.ts';
import { valuesOf } from './examine.ts';
import { ended, meant, notSent, refusedFor } from './outcomes.ts';
import { present, type Part } from './part.ts';
import { merged, putsOf } from './writable.ts';

/** Changes a record, or undoes a change. One call at most that may have an effect; how it ended is the answer. */
export async function apply<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  order: ParticipantOrder,
): Promise<ParticipantOutcome> {
  const { connector, guard } = part;
  const conditional = connector.capabilities.conditionalWrite !== 'none';
  const options: WriteOptions = {
    wireKey: order.wireKey,
    ...(conditional && order.ifVersion != null ? { ifVersion: order.ifVersion } : {}),
  };
  const call = { sent: false };
  try {
    const ready = await prepared(part, context, order);
    if ('status' in ready) return ready;
    const after = await guard(
      context,
      (signal) => {
        call.sent = true;
        return connector.update(ready.key, ready.fields, options, callOf(context, signal));
      },
      { retry: false },
    );
    const values = valuesOf(part.writables[order.kind], Object.keys(order.changes), after.record);
    return {
      ...ended('APPLIED'),
      version: after.version,
      values: await part.translation.outward(context, values),
      record: { key: ready.key, fingerprints: part.fingerprints(after.record) },
    };
  } catch (error) {
    return call.sent ? meant(part, order, error) : notSent(error);
  }
}

interface Ready<R> {
  readonly key: string;
  readonly fields: Partial<R>;
}

/** All that can be known before the call; an outcome where it is not to be made. */
async function prepared<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { entityId, kind, changes, restore, ifVersion }: ParticipantOrder,
): Promise<Ready<R> | ParticipantOutcome> {
  const writables = part.writables[kind];
  const [[key = null], wanted] = await Promise.all([
    part.crossing.keysOf(context, [entityId]),
    part.translation.inward(context, restore ? {} : changes),
  ]);
  if (key === null)
    return refusedFor('NOT_FOUND', `The system "${part.system}" has no record of ${entityId}.`);

  const needed = Object.keys(wanted.values).flatMap((name) => {
    const writable = writables.get(name);
    return writable?.needsPresent ? writable.fields : [];
  });
  // Without conditional writes nothing but a look keeps an undo from undoing somebody else's change.
  const looks = restore != null && part.connector.capabilities.conditionalWrite === 'none';
  const record = needed.length > 0 || looks ? await present(part, context, key, needed) : undefined;
  if (record === null)
    return refusedFor('NOT_FOUND', `The system "${part.system}" has no record ${key} any more.`);
  if (record && record.version !== ifVersion) return ended('STALE');

  const { written, refused } = putsOf(writables, wanted.values, record?.record ?? {});
  const causes = [...wanted.refused, ...refused];
  if (causes.length > 0) return { ...ended('REFUSED'), causes };
  const fields = restore ? (restore as Partial<R>) : merged(written.values());
  if (Object.keys(fields).length === 0) return refusedFor('BAD_REQUEST', 'There is nothing to change.');
  return { key, fields };
}
