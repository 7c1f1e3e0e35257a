import type { RequestContext } from '../../runtime/context.ts';
import type {
  ParticipantCause,
  ParticipantExamination,
  ParticipantExamined,
  ParticipantFound,
} from '../../schema/generated/participant.ts';
import { alike } from '../alike.ts';
import { callOf } from '../call.ts';
import { ableOf, absence, causesOf, present, told, type Part } from './part.ts';
import { merged, putsOf, type Values } from './writable.ts';

/** What a system has of an entity, and what a write of it would meet. Without an effect; may be repeated. */
export async function examine<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  examination: ParticipantExamination,
): Promise<ParticipantExamined> {
  const able = ableOf(part.connector.capabilities);
  try {
    return { ...able, unreachable: null, found: await found(part, context, examination) };
  } catch (error) {
    const failure = absence(error);
    if (!failure) throw error;
    return { ...able, unreachable: told(failure), found: null };
  }
}

async function found<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { entityId, kind, changes, restore, validate }: ParticipantExamination,
): Promise<ParticipantFound | null> {
  const { crossing, translation } = part;
  const writables = part.writables[kind];
  const [[key = null], wanted] = await Promise.all([
    crossing.keysOf(context, [entityId]),
    translation.inward(context, changes),
  ]);
  if (key === null) return null;
  const asked = Object.keys(changes).flatMap((name) => writables.get(name)?.fields ?? []);
  const former = Object.keys(restore ?? {}) as typeof asked;
  // Who looks what became of a change may find its effect, and tells of it.
  const whole = restore == null ? [] : part.fields;
  const record = await present(part, context, key, [...new Set([...asked, ...former, ...whole])]);
  if (!record) return null;

  const { written, refused } = putsOf(writables, wanted.values, record.record);
  const values = Object.keys(changes).flatMap((name) => {
    const writable = writables.get(name);
    return writable ? [[name, writable.get(record.record)] as const] : [];
  });
  const now = new Map(values);
  const same = [...written].flatMap(([name, put]) =>
    alike(only(record.record, Object.keys(put)), put) || alike(now.get(name), wanted.values[name])
      ? [name]
      : [],
  );
  const different = merged([...written].flatMap(([name, put]) => (same.includes(name) ? [] : [put])));
  const asDifferent = Object.keys(changes).filter((name) => !same.includes(name));
  const dry = validate ? await refusals(part, context, key, different) : [];
  return {
    version: record.version,
    values: await translation.outward(context, Object.fromEntries(values)),
    restore: only(record.record, Object.keys(merged(written.values()))),
    same,
    record: restore == null ? null : { key, fingerprints: part.fingerprints(record.record) },
    restored: restore != null && alike(only(record.record, former), restore),
    refusals: [
      ...wanted.refused,
      ...refused,
      ...dry.flatMap((refusal) => causesOf(refusal, writables, asDifferent)),
    ] satisfies readonly ParticipantCause[],
  };
}

/** What the system itself would refuse of these fields, where it can say so without an effect. */
function refusals<R extends object, Rows extends object>(
  { connector, guard }: Part<R, Rows>,
  context: RequestContext,
  key: string,
  fields: Partial<R>,
) {
  if (!connector.validate || Object.keys(fields).length === 0) return [];
  const check = (signal: AbortSignal) => connector.validate?.(key, fields, callOf(context, signal)) ?? [];
  return guard(context, async (signal) => check(signal), { retry: true });
}

/** Some fields of a record; null where it has none. */
function only(record: object, fields: readonly string[]): Values {
  const all = new Map<string, unknown>(Object.entries(record));
  return Object.fromEntries(fields.map((name) => [name, all.get(name) ?? null]));
}
