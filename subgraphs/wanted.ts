import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import type { Attribute } from './lens.ts';

/** What a selection needs of a record. */
export interface Wanted<R> {
  /** The lenses that are selected, by attribute. */
  readonly lenses: readonly (readonly [attribute: string, get: (record: Partial<R>) => unknown])[];
  /** The record's own fields to ask the system for. */
  readonly fields: readonly (keyof R & string)[];
  /** Stands for `fields` in keys of caches. */
  readonly signature: string;
}

/**
 * Reads a selection once per compiled operation: which attributes of `typename` are selected below the field that
 * is resolved, `path` further down. Directives are not looked at: what is skipped is merely read for nothing.
 */
export function wantedOf<R>(mapping: Readonly<Record<string, Attribute<R>>>, typename: string) {
  const known = new WeakMap<FieldNode, Map<string, Wanted<R>>>();
  return (info: GraphQLResolveInfo, path: readonly string[]): Wanted<R> => {
    const [node] = info.fieldNodes;
    if (!node) throw new Error('a resolver runs for at least one field');
    const byPath = known.get(node) ?? new Map<string, Wanted<R>>();
    known.set(node, byPath);
    const place = path.join('.');
    const wanted = byPath.get(place) ?? wantedBy(mapping, selectedFields(info, typename, path));
    byPath.set(place, wanted);
    return wanted;
  };
}

function wantedBy<R>(
  mapping: Readonly<Record<string, Attribute<R>>>,
  selected: ReadonlySet<string>,
): Wanted<R> {
  const lenses: [string, (record: Partial<R>) => unknown][] = [];
  const fields = new Set<keyof R & string>();
  for (const [name, attribute] of Object.entries(mapping)) {
    if (!selected.has(name) || attribute.kind === 'listed') continue;
    for (const needed of attribute.fields) fields.add(needed);
    if (attribute.kind !== 'embedded') lenses.push([name, attribute.get]);
  }
  const sorted = [...fields].sort();
  return { lenses, fields: sorted, signature: sorted.join() };
}

function selectedFields(
  info: GraphQLResolveInfo,
  typename: string,
  path: readonly string[],
): ReadonlySet<string> {
  let sets = info.fieldNodes.flatMap((node) => node.selectionSet ?? []);
  for (const step of path) {
    sets = fieldsIn(info, sets, null)
      .filter((node) => node.name.value === step)
      .flatMap((node) => node.selectionSet ?? []);
  }
  return new Set(fieldsIn(info, sets, typename).map((node) => node.name.value));
}

/** All fields of these selections, through fragments; with a typename only those that can apply to it. */
function fieldsIn(
  info: GraphQLResolveInfo,
  sets: readonly SelectionSetNode[],
  typename: string | null,
): readonly FieldNode[] {
  return sets
    .flatMap((set) => set.selections)
    .flatMap((selection): readonly FieldNode[] => {
      if (selection.kind === Kind.FIELD) return [selection];
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      const condition = fragment?.typeCondition?.name.value;
      if (!fragment || (typename !== null && condition !== undefined && condition !== typename)) return [];
      return fieldsIn(info, [fragment.selectionSet], typename);
    });
}
