import type { GraphQLLeafType } from 'graphql';
import type { FailureCode } from '../../runtime/failure.ts';
import type { Exposed } from './errors.ts';
import { reason } from './failures.ts';
import type { Run } from './run.ts';
import type { FieldItem, Item } from './items.ts';

/** A field, or the items of a list, as the serialiser knows it. */
export interface Place {
  /** `Type.field`, for messages. */
  readonly label: string;
  readonly nullable: boolean;
  /** Why its caller may not read it; absent where he may. */
  readonly refusal?: string | undefined;
  /** What is selected below. */
  readonly items: readonly Item[];
}

type Path = readonly (string | number)[];

/** Text of a position that has to be null, or undefined where null must propagate to its parent. */
type Text = 'null' | undefined;

/** A value is null or missing: tells why where something failed, and where null is not allowed. */
export function absent(run: Run, place: Place, holder: object, key: string | number, path: Path): Text {
  const missing = reason(run.failures, holder, key);
  if (missing) {
    const below = missing.at[0] === key ? responsePath(place.items, missing.at.slice(1)) : [];
    run.errors.push({ ...missing.error, path: [...path, ...below] });
  } else if (!place.nullable) {
    run.errors.push({ ...internal(`Cannot return null for non-nullable field ${place.label}.`), path });
  }
  return place.nullable ? 'null' : undefined;
}

/** Refusals that one answer tells of, each with its path; the others are counted. */
const mostRefusals = 100;

/** The caller may not have what is here; it was not asked for. */
export function refused(run: Run, place: Place, path: Path): Text {
  run.refused += 1;
  if (run.refused <= mostRefusals) run.errors.push({ ...unauthorized(place.refusal ?? ''), path });
  return place.nullable ? 'null' : undefined;
}

/** Tells how many refusals were not told. */
export function tellRest(run: Run): void {
  const rest = run.refused - mostRefusals;
  if (rest > 0) run.errors.push(unauthorized(`You may not read ${rest} more places of this answer.`));
}

/** A leaf has no ordinary value: another one that its type can represent, or an error that does not show it. */
export function oddLeaf(
  run: Run,
  place: Place,
  type: GraphQLLeafType,
  value: unknown,
  path: Path,
): string | undefined {
  try {
    const text = JSON.stringify(type.serialize(value)) as string | undefined;
    if (text !== undefined) return text;
  } catch {
    // Told below: the type's own message would show the value.
  }
  run.errors.push({ ...internal(`The value of ${place.label} is not a value of ${type.name}.`), path });
  return place.nullable ? 'null' : undefined;
}

/** Something other than a list came where a list is expected. */
export function oddList(run: Run, place: Place, path: Path): undefined {
  run.errors.push({ ...internal(`The value of ${place.label} is not a list.`), path });
}

/** An object came whose type is none of the possible ones. */
export function oddType(run: Run, place: Place, path: Path): undefined {
  run.errors.push({ ...internal(`The type of the object at ${place.label} is not known.`), path });
}

function unauthorized(message: string): Exposed {
  return { message, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' satisfies FailureCode } };
}

function internal(message: string): Exposed {
  return { message, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

/** A path of data keys in the names of the answer, as far as the client asked for what is on it. */
function responsePath(items: readonly Item[], path: Path): Path {
  const names: (string | number)[] = [];
  let below = items;
  for (const key of path) {
    if (typeof key === 'string') {
      const field = findField(below, key);
      if (!field) break;
      names.push(field.response);
      below = field.items ?? [];
    } else names.push(key);
  }
  return names;
}

function findField(items: readonly Item[], key: string): FieldItem | undefined {
  for (const item of items) {
    if (item.kind === 'field' && item.key === key) return item;
    const found = item.kind === 'scope' ? findField(item.items, key) : undefined;
    if (found) return found;
  }
  return undefined;
}
