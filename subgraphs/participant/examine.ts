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
import { merged, putsOf, type Puts, type Values, type Writable } from './writable.ts';

/** What a system has of an entity, and what a write of it would meet. Without an effect; may be repeated. */
export async function examine<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  examination: ParticipantExamination,
): Promise<ParticipantExamined> {
  const able = ableOf(part.connector.capabilities);
  try {
    const record = await found(part, context, examination);
    return { ...able, unreachable: null, found: record, refusals: null, merges: null };
  } catch (error) {
    const failure = absence(error);
    if (!failure) throw error;
    return { ...able, unreachable: told(failure), found: null, refusals: null, merges: null };
  }
}

async function found<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { entityId, kind, changes, restore, validate, evidence }: ParticipantExamination,
): Promise<ParticipantFound | null> {
  const { crossing, translation } = part;
  const writables = part.writables[kind];
  const [[key = null], wanted] = await Promise.all([
    crossing.keysOf(context, [entityId]),
    translation.inward(context, changes),
  ]);
  if (key === null) return null;
  const shown = (evidence ?? []).flatMap((name) => {
    const readable = part.readable.get(name);
    return readable ? [[name, readable] as const] : [];
  });
  const asked = [
    ...Object.keys(changes).flatMap((name) => writables.get(name)?.fields ?? []),
    ...shown.flatMap(([, { fields }]) => fields),
  ];
  const former = Object.keys(restore ?? {}) as typeof asked;
  // Who looks what became of a change may find its effect, and tells of it.
  const whole = restore == null ? [] : part.fields;
  const record = await present(part, context, key, [...new Set([...asked, ...former, ...whole])]);
  if (!record) return null;

  const { written, refused } = putsOf(writables, wanted.values, record.record);
  const values = valuesOf(writables, Object.keys(changes), record.record);
  const same = sameOf({ written, wanted: wanted.values, values, record: record.record });
  const different = merged([...written].flatMap(([name, put]) => (same.includes(name) ? [] : [put])));
  const asDifferent = Object.keys(changes).filter((name) => !same.includes(name));
  const dry = validate ? await refusals(part, context, key, different) : [];
  return {
    version: record.version,
    values: await translation.outward(context, {
      ...Object.fromEntries(shown.map(([name, { get }]) => [name, get(record.record)])),
      ...values,
    }),
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

/** What a record has of these attributes. */
export function valuesOf<R>(
  writables: ReadonlyMap<string, Writable<R>>,
  names: readonly string[],
  record: Partial<R>,
): Values {
  return Object.fromEntries(
    names.flatMap((name) => {
      const writable = writables.get(name);
      return writable ? [[name, writable.get(record)] as const] : [];
    }),
  );
}

interface Compared<R extends object> {
  readonly written: Puts<R>['written'];
  readonly wanted: Values;
  readonly values: Values;
  readonly record: Partial<R>;
}

/** The attributes that have the wanted value already, by their value or by the fields that it is written to. */
export function sameOf<R extends object>({
  written,
  wanted,
  values,
  record,
}: Compared<R>): readonly string[] {
  return [...written].flatMap(([name, put]) =>
    alike(only(record, Object.keys(put)), put) || alike(values[name], wanted[name]) ? [name] : [],
  );
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
