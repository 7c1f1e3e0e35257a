import type { Exposed } from './errors.ts';

/** Why fields of one object or items of one list are missing. */
export interface Missing {
  readonly error: Exposed;
  /** From the object to the place that failed, in keys of the gathered data; empty where the whole fetch failed. */
  readonly at: readonly (string | number)[];
  /** Keys that are missing together, because one fetch was to bring them. */
  readonly keys: ReadonlySet<string>;
}

/** What failed in one run, by the object that lacks something. Empty in most runs: then it is not even made. */
export type Failures = Map<object, Missing[]>;

/** Everything that a fetch was to bring for this object is missing. */
export function missAll(failures: Failures, target: object, keys: ReadonlySet<string>, error: Exposed): void {
  note(failures, target, { error, at: [], keys });
}

/**
 * An error at a path below an object that a fetch brought or completed. It is noted where the data ends: at the last
 * object or list on the path that is there. `keys` are what went missing with it, because the error took the object.
 */
export function missAt(
  failures: Failures,
  target: object,
  path: readonly (string | number)[],
  keys: ReadonlySet<string>,
  error: Exposed,
): void {
  let holder = target;
  let depth = 0;
  while (depth < path.length - 1) {
    const next: unknown = Reflect.get(holder, path[depth] ?? '');
    if (typeof next !== 'object' || next === null) break;
    holder = next;
    depth += 1;
  }
  note(failures, holder, { error, at: path.slice(depth), keys });
}

/** Why this key or index is null here; the failure of exactly this place comes first. */
export function reason(
  failures: Failures | undefined,
  holder: object,
  key: string | number,
): Missing | undefined {
  const missing = failures?.get(holder);
  return (
    missing?.find((one) => one.at[0] === key) ??
    missing?.find((one) => typeof key === 'string' && one.keys.has(key))
  );
}

function note(failures: Failures, holder: object, missing: Missing): void {
  const noted = failures.get(holder);
  if (noted) noted.push(missing);
  else failures.set(holder, [missing]);
}
