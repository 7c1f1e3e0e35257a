import type { FlattenNodePathSegment } from '../planner.ts';

/** Objects at one path of the gathered data, appended to `found`. */
export type Collector = (root: Record<string, unknown>, found: Record<string, unknown>[]) => void;

type Visit = (value: unknown, found: Record<string, unknown>[]) => void;

/**
 * Compiles a plan's path: through fields, lists of any depth and type conditions. A condition admits the types in
 * `possible`, its own name (an interface object has no other yet) and objects whose type was not asked for.
 */
export function collector(
  path: readonly FlattenNodePathSegment[],
  possible: ReadonlyMap<string, ReadonlySet<string>>,
): Collector {
  return path.reduceRight<Visit>((next, segment) => step(segment, next, possible), gather);
}

const gather: Visit = (value, found) => {
  if (Array.isArray(value)) for (const item of value) gather(item, found);
  else if (isObject(value)) found.push(value);
};

function step(
  segment: FlattenNodePathSegment,
  next: Visit,
  possible: ReadonlyMap<string, ReadonlySet<string>>,
): Visit {
  if (segment === '@') {
    return function items(value, found) {
      if (Array.isArray(value)) for (const item of value) items(item, found);
      else next(value, found);
    };
  }
  if ('Field' in segment) {
    const key = segment.Field;
    return (value, found) => {
      if (isObject(value) && Object.hasOwn(value, key)) next(value[key], found);
    };
  }
  const admitted = admittedNames(segment.TypeCondition, possible);
  return (value, found) => {
    if (!isObject(value)) return;
    const name = value.__typename;
    if (name === undefined || admitted.has(name)) next(value, found);
  };
}

/** Names of the types that fulfil one of the conditions. */
export function admittedNames(
  conditions: readonly string[],
  possible: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<unknown> {
  return new Set(conditions.flatMap((condition) => [condition, ...(possible.get(condition) ?? [])]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
