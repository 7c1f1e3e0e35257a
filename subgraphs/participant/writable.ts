import { Failure } from '../../runtime/failure.ts';
import type { ParticipantCause, ParticipantKind } from '../../schema/generated/participant.ts';
import type { Attribute } from '../lens.ts';

/** Values by attribute. Between participant and lenses other entities are named by their local key. */
export type Values = Readonly<Record<string, unknown>>;

/** One attribute that a system can write. */
export interface Writable<R> {
  /** The record's own fields that are read and written. */
  readonly fields: readonly (keyof R & string)[];
  /** Whether `put` looks at the record as it is. */
  readonly needsPresent: boolean;
  readonly get: (record: Partial<R>) => unknown;
  readonly put: (value: unknown, present: Partial<R>) => Partial<R>;
}

/** What a system can write, by attribute: what it owns, what it keeps copies of, and of a new record both. */
export type Writables<R> = Readonly<Record<ParticipantKind, ReadonlyMap<string, Writable<R>>>>;

/** The attributes of a mapping that can be put back. */
export function writablesOf<R>(
  mapping: Readonly<Record<string, Attribute<R>>>,
): ReadonlyMap<string, Writable<R>> {
  return new Map(
    Object.entries(mapping).flatMap(([name, attribute]) => {
      const writable = writableOf(attribute);
      return writable ? [[name, writable] as const] : [];
    }),
  );
}

function writableOf<R>(attribute: Attribute<R>): Writable<R> | null {
  switch (attribute.kind) {
    case 'lens':
    case 'link': {
      const { fields, get } = attribute;
      const put = attribute.put as ((value: unknown) => Partial<R>) | undefined;
      if (!put) return null;
      const written = Object.keys(put(null)) as (keyof R & string)[];
      return { fields: [...new Set([...fields, ...written])], needsPresent: false, get, put };
    }
    case 'embedded': {
      const { fields, rows } = attribute;
      const put = attribute.put as ((nodes: unknown, present: Partial<R>) => Partial<R>) | undefined;
      if (!put) return null;
      return {
        fields,
        needsPresent: true,
        get: (record) => rows(record, {} as never),
        put: (value, present) => put(value ?? [], present),
      };
    }
    case 'listed':
      return null;
  }
}

/** What changes mean to a record. */
export interface Puts<R> {
  /** The fields to write, by attribute. */
  readonly written: ReadonlyMap<string, Partial<R>>;
  /** Attributes whose value the system has no words for. */
  readonly refused: readonly ParticipantCause[];
}

/** The values in the record's own fields. */
export function putsOf<R>(
  writables: ReadonlyMap<string, Writable<R>>,
  values: Values,
  present: Partial<R>,
): Puts<R> {
  const written = new Map<string, Partial<R>>();
  const refused: ParticipantCause[] = [];
  for (const [attribute, value] of Object.entries(values)) {
    const writable = writables.get(attribute);
    if (!writable) {
      refused.push({ code: 'BAD_REQUEST', message: `The system does not write ${attribute}.`, attribute });
      continue;
    }
    try {
      written.set(attribute, writable.put(value, present));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refused.push({ code: error.code, message: error.message, attribute });
    }
  }
  return { written, refused };
}

/** All fields of several attributes together. */
export function merged<R>(parts: Iterable<Partial<R>>): Partial<R> {
  return Object.assign({}, ...parts) as Partial<R>;
}
