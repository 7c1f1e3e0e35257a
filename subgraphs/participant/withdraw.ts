import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type { ParticipantOrder, ParticipantOutcome } from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import { located } from './locate.ts';
import { ended, meant, notSent } from './outcomes.ts';
import type { Part } from './part.ts';

/**
 * Takes a system's record of an entity away, where it still has the version, and tells the register of it. One call at
 * most that may have an effect; how it ended is the answer. A record that is not there is as one that has changed.
 */
export async function withdraw<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  order: ParticipantOrder,
): Promise<ParticipantOutcome> {
  const { connector, crossing, guard } = part;
  const { entityId, wireKey, ifVersion } = order;
  const call = { sent: false };
  try {
    const record = await located(part, context, entityId);
    if (!record || record.version !== ifVersion) return ended('STALE');
    const { key, version } = record;
    const bound = connector.capabilities.conditionalWrite === 'none' ? {} : { ifVersion: version };
    await guard(
      context,
      (signal) => {
        call.sent = true;
        return connector.withdraw(key, { wireKey, ...bound }, callOf(context, signal));
      },
      { retry: false },
    );
    await crossing.unlink(context, entityId, key);
    return { ...ended('APPLIED'), values: {}, record: { key, fingerprints: null } };
  } catch (error) {
    if (!call.sent) return notSent(error);
    const gone = error instanceof Failure && error.code === 'NOT_FOUND';
    return gone ? ended('STALE') : meant(part, order, error);
  }
}
