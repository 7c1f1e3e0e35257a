import {
  getNamedType,
  isCompositeType,
  isListType,
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLSchema,
} from 'graphql';
import { Failure } from '../../runtime/failure.ts';
import type { FlattenNodePathSegment } from '../planner.ts';
import { isWithheld, type Item } from './items.ts';
import { fieldOf } from './definitions.ts';

/** What has to be gathered for objects at one place: one field per key. Grows while an operation is planned. */
export interface Tree {
  readonly type: GraphQLCompositeType;
  readonly fields: Map<string, Branch>;
  /** Under type conditions, by type name. */
  readonly scopes: Map<string, Tree>;
  /** Set where the type of the objects is not asked for, because their subgraph does not know it. */
  untyped?: boolean;
}

export interface Branch {
  readonly key: string;
  readonly name: string;
  /** As text, `(id: $id)`, or empty. */
  readonly arguments: string;
  readonly variables: ReadonlySet<string>;
  readonly below: Tree | undefined;
}

export function emptyTree(type: GraphQLCompositeType): Tree {
  return { type, fields: new Map(), scopes: new Map() };
}

/** Adds what a client asked for; introspection is not gathered, nor what is withheld. `schema` knows inaccessible fields, too. */
export function growTree(schema: GraphQLSchema, tree: Tree, items: readonly Item[]): Tree {
  for (const item of items) {
    if (item.kind === 'scope') growTree(schema, scopeOf(schema, tree, item.on.name), item.items);
    else if (isWithheld(item)) continue;
    else if (item.name === '__typename' || !item.name.startsWith('__')) {
      const branch = addBranch(schema, tree, { ...item, below: undefined });
      if (branch.below) growTree(schema, branch.below, item.items ?? []);
    }
  }
  return tree;
}

/** The part of a tree under a type condition. */
export function scopeOf(schema: GraphQLSchema, tree: Tree, name: string): Tree {
  if (tree.type.name === name) return tree;
  const known = tree.scopes.get(name);
  if (known) return known;
  const type = schema.getType(name);
  if (!isCompositeType(type)) throw new Failure('INTERNAL_SERVER_ERROR', `There is no type ${name}.`);
  const scope = emptyTree(type);
  tree.scopes.set(name, scope);
  return scope;
}

/** Adds a field, with a copy of what is below it, or completes the one that is there. */
export function addBranch(schema: GraphQLSchema, tree: Tree, branch: Branch): Branch {
  const type = getNamedType(fieldOf(schema, tree.type, branch.name).type);
  const known = tree.fields.get(branch.key);
  const below = known?.below ?? (isCompositeType(type) ? emptyTree(type) : undefined);
  const added = known ?? { ...branch, below };
  tree.fields.set(branch.key, added);
  if (below && branch.below && branch.below !== below) mergeTree(schema, below, branch.below);
  return added;
}

/** Adds all that is in one tree to another. */
export function mergeTree(schema: GraphQLSchema, into: Tree, from: Tree): void {
  for (const branch of from.fields.values()) addBranch(schema, into, branch);
  for (const [name, scope] of from.scopes) mergeTree(schema, scopeOf(schema, into, name), scope);
}

/** The path from objects of a tree to those below one of its fields. */
export function stepsTo(
  schema: GraphQLSchema,
  tree: Tree,
  branch: Branch,
): readonly FlattenNodePathSegment[] {
  const type = getNullableType(fieldOf(schema, tree.type, branch.name).type);
  return isListType(type) ? [{ Field: branch.key }, '@'] : [{ Field: branch.key }];
}
