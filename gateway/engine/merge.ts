import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';
import { evaluate, read } from './codegen.ts';
import { isObject } from './paths.ts';
import type { Data } from './representations.ts';

/** Completes an object with what a fetch brought for it, in place. The source may become part of the target. */
export type Merge = (target: Data, source: Data) => void;

/** Keys of one selection, and the selections below those that have one. */
export type Tree = ReadonlyMap<string, Tree | undefined>;

/** The keys that an operation's selection set brings, whatever the type of the object. */
export function treeOf(document: DocumentNode, set: SelectionSetNode): Tree {
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node.selectionSet]),
  );
  type Growing = Map<string, Growing | undefined>;
  const grow = (tree: Growing, selections: SelectionSetNode): Growing => {
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        tree.set(
          key,
          selection.selectionSet && grow(tree.get(key) ?? (new Map() as Growing), selection.selectionSet),
        );
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection.selectionSet
            : fragments.get(selection.name.value);
        if (inner) grow(tree, inner);
      }
    }
    return tree;
  };
  return grow(new Map() as Growing, set);
}

/** The same tree as it is after the fetch's rewrites. */
export function renamed(tree: Tree, names: ReadonlyMap<string, string>): Tree {
  if (names.size === 0) return tree;
  return new Map([...tree].map(([key, below]) => [names.get(key) ?? key, below && renamed(below, names)]));
}

/**
 * Compiles a merge for the keys of a fetch. A value that is there is never replaced by null; objects and lists that two
 * fetches brought are merged item by item; a concrete type name is never replaced by that of an interface object.
 */
export function merger(tree: Tree, isObjectTypeName: (name: unknown) => boolean): Merge {
  const nested: ((target: unknown, source: unknown) => void)[] = [];
  const lines = [...tree].map(([key, below]) => {
    const into = `target[${JSON.stringify(key)}]`;
    const known = read('target', key);
    const take = `value = ${read('source', key)};`;
    if (key === '__typename') {
      return `${take} if (value !== undefined && !isObjectTypeName(${known})) ${into} = value;`;
    }
    if (!below) {
      return `${take} if (value !== undefined && (value !== null || ${known} === undefined)) ${into} = value;`;
    }
    const index = nested.push(deep(merger(below, isObjectTypeName))) - 1;
    return `${take} if (value !== undefined) {
      known = ${known};
      if (known === undefined || known === null) ${into} = value;
      else if (value !== null) nested[${index}](known, value);
    }`;
  });
  const source = `return (target, source) => { let value, known; ${lines.join('\n')} };`;
  return evaluate(source, { nested, isObjectTypeName }) as Merge;
}

/** Merges objects, and lists by position. */
function deep(merge: Merge): (target: unknown, source: unknown) => void {
  return function one(target, source) {
    if (isList(source)) {
      if (!isList(target)) return;
      for (let index = 0; index < source.length; index += 1) {
        const known = target[index];
        if (known === undefined || known === null) target[index] = source[index];
        else if (source[index] !== null) one(known, source[index]);
      }
    } else if (target !== source && isObject(target) && isObject(source)) {
      merge(target, source);
    }
  };
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
