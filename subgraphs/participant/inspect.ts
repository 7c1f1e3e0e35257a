import type { RequestContext } from '../../runtime/context.ts';
import type {
  ParticipantInspected,
  ParticipantInspectedRecord,
  ParticipantInspection,
} from '../../schema/generated/participant.ts';
import { whole } from '../alike.ts';
import { callOf } from '../call.ts';
import type { Versioned } from '../connector.ts';
import { chunks } from '../reader.ts';
import { valuesOf } from './examine.ts';
import { absence, told, type Part } from './part.ts';
import type { Writable } from './writable.ts';

/**
 * Fingerprints of what a system has of several entities, read together. They are of the values as the graph has them, so
 * that those of an owner and of a copy can be compared by who sees neither.
 */
export async function inspect<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  { entityIds, owned, copied }: ParticipantInspection,
): Promise<ParticipantInspected> {
  const { OWNER, COPY } = part.writables;
  const fields = [...fieldsOf(OWNER, owned), ...fieldsOf(COPY, copied)];
  try {
    const keys = await part.crossing.keysOf(context, entityIds);
    const known = keys.filter((key) => key !== null);
    const found = await readAll(part, context, known, [...new Set(fields)]);
    const records = entityIds.map(async (entityId, i): Promise<readonly ParticipantInspectedRecord[]> => {
      const key = keys[i] ?? null;
      const record = key === null ? undefined : found.get(key);
      if (key === null || !record) return [];
      const [own, copies] = await Promise.all([
        printsOf(part, context, OWNER, owned, record.record),
        printsOf(part, context, COPY, copied, record.record),
      ]);
      return [{ entityId, key, version: record.version, owned: own, copied: copies }];
    });
    return { unreachable: null, records: (await Promise.all(records)).flat() };
  } catch (error) {
    const failure = absence(error);
    if (!failure) throw error;
    return { unreachable: told(failure), records: [] };
  }
}

async function readAll<R extends object, Rows extends object>(
  { connector, guard }: Part<R, Rows>,
  context: RequestContext,
  keys: readonly string[],
  fields: readonly (keyof R & string)[],
): Promise<ReadonlyMap<string, Versioned<Partial<R>>>> {
  const found = new Map<string, Versioned<Partial<R>>>();
  for (const some of keys.length === 0 ? [] : chunks(keys, connector.capabilities.batchSize)) {
    const read = (signal: AbortSignal) => connector.read(some, fields, callOf(context, signal));
    for (const [key, record] of await guard(context, read, { retry: true })) found.set(key, record);
  }
  return found;
}

async function printsOf<R extends object, Rows extends object>(
  { translation, fingerprint }: Part<R, Rows>,
  context: RequestContext,
  writables: ReadonlyMap<string, Writable<R>>,
  names: readonly string[],
  record: Partial<R>,
): Promise<Readonly<Record<string, string>>> {
  const values = await translation.outward(context, valuesOf(writables, names, record));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fingerprint(name, whole(value))]),
  );
}

function fieldsOf<R>(
  writables: ReadonlyMap<string, Writable<R>>,
  names: readonly string[],
): readonly (keyof R & string)[] {
  return names.flatMap((name) => writables.get(name)?.fields ?? []);
}
