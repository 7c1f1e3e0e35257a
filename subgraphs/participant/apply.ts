import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type {
  ParticipantCause,
  ParticipantOrder,
  ParticipantOutcome,
  ParticipantStatus,
} from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import type { WriteOptions } from '../connector.ts';
import { absence, causesOf, present, told, type Part } from './part.ts';
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
    ...(conditional ? { ifVersion: order.ifVersion } : {}),
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
    const writables = part.writables[order.kind];
    const values = Object.keys(order.changes).flatMap((name) => {
      const writable = writables.get(name);
      return writable ? [[name, writable.get(after.record)] as const] : [];
    });
    return {
      ...ended('APPLIED'),
      version: after.version,
      values: await part.translation.outward(context, Object.fromEntries(values)),
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

/** What a failure means that came after the call was made. */
function meant<R extends object, Rows extends object>(
  { writables }: Part<R, Rows>,
  { kind, changes }: ParticipantOrder,
  error: unknown,
): ParticipantOutcome {
  if (!(error instanceof Failure))
    return {
      ...ended('UNKNOWN'),
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something went wrong after the call.',
    };
  switch (error.code) {
    case 'CONFLICT':
      return ended('STALE');
    case 'RATE_LIMITED':
      return { ...ended('LATER'), ...told(error) };
    case 'INVALID_VALUE':
    case 'BAD_REQUEST':
    case 'DUPLICATE':
    case 'NOT_FOUND': {
      const { code, message } = error;
      const { field } = error.extensions;
      const refusal = { code, message, ...(typeof field === 'string' ? { field } : {}) };
      return {
        ...ended('REFUSED'),
        causes: causesOf(refusal, writables[kind], Object.keys(changes)),
      };
    }
    default:
      return { ...ended('UNKNOWN'), ...told(error) };
  }
}

/** What a failure means that came before: no effect, in any case. */
function notSent(error: unknown): ParticipantOutcome {
  const failure = absence(error);
  if (!failure) throw error;
  return { ...ended('LATER'), ...told(failure) };
}

function refusedFor(code: ParticipantCause['code'], message: string): ParticipantOutcome {
  return { ...ended('REFUSED'), causes: [{ code, message, attribute: null }] };
}

function ended(status: ParticipantStatus): ParticipantOutcome {
  return {
    ...{ status, version: null, values: null, record: null, causes: null },
    ...{ code: null, message: null, retryAfter: null },
  };
}
