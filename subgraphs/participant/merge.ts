import type { RequestContext } from '../../runtime/context.ts';
import type {
  ParticipantExamination,
  ParticipantExamined,
  ParticipantFound,
  ParticipantOrder,
  ParticipantOutcome,
} from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import type { Versioned } from '../connector.ts';
import { ended, meant, notSent, refusedFor } from './outcomes.ts';
import { ableOf, absence, present, told, type Part } from './part.ts';

/**
 * Whether a record is still one of its own. Of a MERGE the record that stays is found, and `restored` says whether the
 * other one is there; of an UNMERGE that other one is found, once it is there again.
 */
export async function examineMerge<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { kind, record: into, from }: ParticipantExamination,
): Promise<ParticipantExamined> {
  const { capabilities } = part.connector;
  const able = { ...ableOf(capabilities), merges: capabilities.merge, refusals: null };
  const nothing = { ...able, unreachable: null, found: null };
  if (!capabilities.merge || into == null || from == null) return nothing;
  try {
    const other = await present(part, context, from, part.whole);
    if (kind === 'UNMERGE') return { ...nothing, found: other && foundOf(part, other, true) };
    const stays = await present(part, context, into, part.whole);
    return { ...nothing, found: stays && foundOf(part, stays, other !== null) };
  } catch (error) {
    const failure = absence(error);
    if (!failure) throw error;
    return { ...nothing, unreachable: told(failure) };
  }
}

function foundOf<R extends object, Rows extends object>(
  { fingerprints }: Part<R, Rows>,
  { key, version, record }: Versioned<Partial<R>>,
  restored: boolean,
): ParticipantFound {
  return {
    ...{ version, restored, values: {}, restore: {}, same: [], refusals: [] },
    record: { key, fingerprints: fingerprints(record) },
  };
}

/** Has the system merge two of its records, or take them apart. One call at most that may have an effect. */
export async function merge<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  order: ParticipantOrder,
): Promise<ParticipantOutcome> {
  const { connector, guard } = part;
  const [merging, parting] = [connector.merge?.bind(connector), connector.unmerge?.bind(connector)];
  const { kind, record: into, from, wireKey, ifVersion } = order;
  const version = ifVersion == null ? {} : { ifVersion };
  if (!merging || !parting || into == null || from == null)
    return refusedFor('BAD_REQUEST', `The system "${part.system}" merges no records.`);
  const call = { sent: false };
  try {
    const after = await guard(
      context,
      (signal) => {
        call.sent = true;
        const carried = callOf(context, signal);
        return kind === 'MERGE'
          ? merging(into, from, { wireKey, ...version }, carried)
          : parting(from, { wireKey }, carried);
      },
      { retry: false },
    );
    const record = { key: after.key, fingerprints: part.fingerprints(after.record) };
    return { ...ended('APPLIED'), version: after.version, values: {}, record };
  } catch (error) {
    return call.sent ? meant(part, order, error) : notSent(error);
  }
}
