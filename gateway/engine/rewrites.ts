import type { FetchRewrite } from '../planner.ts';
import { admittedNames, isObject } from './paths.ts';

type Edit = (value: unknown) => void;

/**
 * Compiles a plan's rewrites: keys renamed and values set at paths through lists and type conditions, in place, in
 * objects that belong to the run. Undefined where there are none.
 */
export function rewriter(
  rewrites: readonly FetchRewrite[] | undefined,
  possible: ReadonlyMap<string, ReadonlySet<string>>,
): Edit | undefined {
  if (!rewrites || rewrites.length === 0) return undefined;
  const edits = rewrites.map((rewrite) => edit(rewrite, possible));
  return (value) => {
    for (const one of edits) one(value);
  };
}

function edit(rewrite: FetchRewrite, possible: ReadonlyMap<string, ReadonlySet<string>>): Edit {
  const renamed = 'KeyRenamer' in rewrite ? rewrite.KeyRenamer : undefined;
  const set = 'ValueSetter' in rewrite ? rewrite.ValueSetter : 'kind' in rewrite ? rewrite : undefined;
  const path = renamed?.path ?? set?.path ?? [];
  const last = path.at(-1);
  const key = last && 'Key' in last ? last.Key : '';
  const change: Edit = (value) => {
    if (!isObject(value) || !Object.hasOwn(value, key)) return;
    if (renamed) {
      value[renamed.renameKeyTo] = value[key];
      Reflect.deleteProperty(value, key);
    } else if (set) {
      value[key] = set.setValueTo;
    }
  };
  return path.slice(0, -1).reduceRight<Edit>((next, segment) => {
    if ('Key' in segment) {
      return each((value) => {
        next(value[segment.Key]);
      });
    }
    const admitted = admittedNames(segment.TypenameEquals, possible);
    return each((value) => {
      if (value.__typename === undefined || admitted.has(value.__typename)) next(value);
    });
  }, each(change));
}

/** The object itself, or every object of a list of any depth. */
function each(visit: (value: Record<string, unknown>) => void): Edit {
  return function one(value) {
    if (Array.isArray(value)) value.forEach(one);
    else if (isObject(value)) visit(value);
  };
}

/** What a rewrite calls a key in the end, to follow the path of an error. */
export function renames(rewrites: readonly FetchRewrite[] | undefined): ReadonlyMap<string, string> {
  return new Map(
    (rewrites ?? []).flatMap((rewrite): [string, string][] => {
      const renamed = 'KeyRenamer' in rewrite ? rewrite.KeyRenamer : undefined;
      const last = renamed?.path.at(-1);
      return renamed && last && 'Key' in last ? [[last.Key, renamed.renameKeyTo]] : [];
    }),
  );
}
