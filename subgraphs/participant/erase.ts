import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type {
  ParticipantExamination,
  ParticipantExamined,
  ParticipantOrder,
  ParticipantOutcome,
} from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import { ended, meant, notSent } from './outcomes.ts';
import { absence, told, type Part } from './part.ts';

/** To erase twice is to erase once, whatever happens on the way; it is never taken back. */
const able = {
  ...({ guarantee: 'EFFECTIVELY_ONCE', conditional: false, keyed: true } as const),
  ...{ merges: false, refusals: null },
};

/** Whether a system has, or ever had, records of the entity. Their version is which they are: what is in them is gone. */
export async function examineErasure<R extends object, Rows extends object>(
  { crossing }: Part<R, Rows>,
  context: RequestContext,
  { entityId }: ParticipantExamination,
): Promise<ParticipantExamined> {
  try {
    const keys = await crossing.everOf(context, entityId);
    const [key] = keys;
    if (key === undefined) return { ...able, unreachable: null, found: null };
    const found = {
      ...{ version: keys.join(' '), values: {}, restore: {}, same: [], restored: false, refusals: [] },
      record: { key, fingerprints: null },
    };
    return { ...able, unreachable: null, found };
  } catch (error) {
    const failure = absence(error);
    if (!failure) throw error;
    return { ...able, unreachable: told(failure), found: null };
  }
}

/**
 * Erases all records that a system has, or ever had, of an entity and of those that were merged into it, one after the
 * other, and tells the register that they are nobody's any more. Done again, it goes on with what is left.
 */
export async function erase<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  order: ParticipantOrder,
): Promise<ParticipantOutcome> {
  const { connector, crossing, guard } = part;
  const { entityId, wireKey } = order;
  const call = { sent: false };
  try {
    const keys = await crossing.everOf(context, entityId);
    for (const key of keys) {
      await guard(
        context,
        async (signal) => {
          call.sent = true;
          await connector.erase(key, { wireKey }, callOf(context, signal)).catch(unlessGone);
        },
        { retry: false },
      );
      await crossing.unlink(context, entityId, key);
    }
    const [first] = keys;
    const record = first === undefined ? {} : { record: { key: first, fingerprints: null } };
    return { ...ended('APPLIED'), values: {}, ...record };
  } catch (error) {
    return call.sent ? meant(part, order, error) : notSent(error);
  }
}

/** What its system does not know any more has nothing to be erased. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== 'NOT_FOUND') throw error;
}
