import type { RequestContext } from '../../runtime/context.ts';
import type {
  ParticipantCause,
  ParticipantExamination,
  ParticipantExamined,
  ParticipantFound,
} from '../../schema/generated/participant.ts';
import { callOf } from '../call.ts';
import type { Capabilities, Versioned } from '../connector.ts';
import { sameOf, valuesOf } from './examine.ts';
import { located } from './locate.ts';
import { absence, causesOf, told, type Part } from './part.ts';
import { merged, putsOf } from './writable.ts';

/** Whether a system has a record of the entity, and what it would refuse of a new one. */
export async function examinePresence<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  examination: ParticipantExamination,
): Promise<ParticipantExamined> {
  const able = ableOf(examination, part.connector.capabilities);
  const nothing = { ...able, unreachable: null, found: null, refusals: null, merges: null };
  try {
    const record = await located(part, context, examination.entityId);
    if (record) return { ...nothing, found: await foundOf(part, context, examination, record) };
    if (examination.kind === 'WITHDRAW') return nothing;
    return { ...nothing, refusals: await refusalsOfNew(part, context, examination) };
  } catch (error) {
    const failure = absence(error);
    if (!failure) throw error;
    return { ...nothing, unreachable: told(failure) };
  }
}

/** What declared capabilities make of a record that is to be made, or taken away. */
function ableOf(
  { kind }: ParticipantExamination,
  { conditionalWrite, idempotency, readBack }: Capabilities,
): Pick<ParticipantExamined, 'guarantee' | 'conditional' | 'keyed'> {
  const conditional = conditionalWrite === 'atomic';
  const once = kind === 'CREATE' ? idempotency.by !== 'none' : conditional;
  const otherwise = readBack ? 'ONCE_UNLESS_RACED' : 'AT_MOST_ONCE';
  return { guarantee: once ? 'EFFECTIVELY_ONCE' : otherwise, conditional, keyed: idempotency.by === 'key' };
}

/** A record that is there: what it has of what was asked for, and its key. */
async function foundOf<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { kind, changes }: ParticipantExamination,
  { key, version, record }: Versioned<Partial<R>>,
): Promise<ParticipantFound> {
  const { translation, fingerprints } = part;
  const writables = part.writables[kind];
  const values = valuesOf(writables, Object.keys(changes), record);
  const wanted = await translation.inward(context, changes);
  const { written } = putsOf(writables, wanted.values, record);
  return {
    version,
    values: await translation.outward(context, values),
    same: sameOf({ written, wanted: wanted.values, values, record }),
    record: { key, fingerprints: fingerprints(record) },
    ...{ restore: {}, restored: false, refusals: [] },
  };
}

/** All that is wrong with a new record, and all that is missing of it, where the system can say so without an effect. */
async function refusalsOfNew<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { entityId, changes, validate }: ParticipantExamination,
): Promise<readonly ParticipantCause[]> {
  const { connector, guard, translation, external } = part;
  const writables = part.writables.CREATE;
  const wanted = await translation.inward(context, changes);
  const { written, refused } = putsOf(writables, wanted.values, {});
  const record = { ...merged(written.values()), ...external(entityId) };
  const check = (signal: AbortSignal) => connector.validateNew?.(record, callOf(context, signal)) ?? [];
  const dry = validate ? await guard(context, async (signal) => check(signal), { retry: true }) : [];
  // What could not be said is missing only for that.
  const known = new Set([...wanted.refused, ...refused].map(({ attribute }) => attribute));
  const rest = dry
    .flatMap((refusal) => causesOf(refusal, writables, [...writables.keys()]))
    .filter(({ attribute }) => attribute === null || !known.has(attribute));
  return [...wanted.refused, ...refused, ...rest];
}
