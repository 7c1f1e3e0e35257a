import { Kind, type FieldNode, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import type { FlattenNodePathSegment, RequiresSelection } from '../planner.ts';
import type { Requirement, Requirements } from './requirements.ts';
import { needsTypename } from './document.ts';
import type { KeyOf } from './keys.ts';
import { argumentsText } from './select.ts';
import { addBranch, emptyTree, mergeTree, scopeOf, stepsTo, type Branch, type Tree } from './tree.ts';

/** Fields that are fetched from the subgraph that computes them, once what they require is there. */
export interface Stage {
  /** Stages of one level wait for all levels before; the first is 1. */
  readonly level: number;
  readonly path: readonly FlattenNodePathSegment[];
  readonly requirement: Requirement;
  /** What the subgraph is told of an object. */
  readonly requires: readonly RequiresSelection[];
  /** What is gathered from there. */
  readonly tree: Tree;
}

export interface Staging {
  /** Knows inaccessible fields, too. */
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  /** The key of a field in the gathered data. */
  readonly keyOf: KeyOf;
}

/** Copies of one field below this number are those of a client's response names. */
const firstCopy = 1_000_000;

type Path = readonly FlattenNodePathSegment[];

/**
 * Takes everything with a requirement out of a tree, puts what it requires there instead, and gives the stages in which
 * it is fetched. A requirement may itself need a field with one, and so may a field below one.
 */
export function stagesOf(staging: Staging, root: Tree): readonly Stage[] {
  const { schema, requirements, keyOf } = staging;
  const stages: Stage[] = [];
  const copies = new Map<Requirement, number>();

  /** All of these give the level after which everything below them is there. */
  function lower(tree: Tree, path: Path, level: number): number {
    const fields = [...tree.fields.values()].map((branch) => lowerField(tree, path, level, branch));
    const scopes = [...tree.scopes].map(([name, scope]) => lower(scope, [...path, condition(name)], level));
    return Math.max(level, ...fields, ...scopes);
  }

  function lowerField(tree: Tree, path: Path, level: number, branch: Branch): number {
    const cases = requirements.computed(tree.type.name, branch.name);
    if (!cases) return below(tree, path, level, branch);
    tree.fields.delete(branch.key);
    const levels = cases.map(({ on, requirement }) => {
      const scope = scopeOf(schema, tree, on);
      // The condition is only as good as the type names in the data.
      if (scope !== tree) addBranch(schema, tree, typename);
      const at = scope === tree ? path : [...path, condition(on)];
      return requirement
        ? defer(scope, at, level, branch, requirement)
        : below(scope, at, level, addBranch(schema, scope, branch));
    });
    return Math.max(...levels);
  }

  function below(tree: Tree, path: Path, level: number, branch: Branch): number {
    if (!branch.below) return level;
    const at = [...path, ...stepsTo(schema, tree, branch)];
    const requirement = requirements.typed(tree.type.name, branch.name);
    const typed = requirement ? type(branch.below, at, level, requirement) : level;
    return Math.max(typed, lower(branch.below, at, level));
  }

  /** What depends on the type of interface objects is fetched from a subgraph that knows it. */
  function type(tree: Tree, path: Path, level: number, requirement: Requirement): number {
    const named = tree.fields.get(typename.key);
    if (!named && tree.scopes.size === 0 && !needsTypename(schema, tree)) return level;
    const { selections, reached } = demand(tree, path, level, requirement);
    const stage = stageFor(reached + 1, path, requirement, selections);
    addBranch(schema, stage.tree, typename);
    mergeTree(schema, stage.tree, { ...tree, fields: new Map() });
    tree.fields.delete(typename.key);
    tree.scopes.clear();
    tree.untyped = true;
    return lower(stage.tree, path, reached + 1);
  }

  function defer(tree: Tree, path: Path, level: number, branch: Branch, requirement: Requirement): number {
    const { selections, reached } = demand(tree, path, level, requirement);
    const stage = stageFor(reached + 1, path, requirement, selections);
    return below(stage.tree, path, reached + 1, addBranch(schema, stage.tree, branch));
  }

  function stageFor(
    level: number,
    path: Path,
    requirement: Requirement,
    selections: readonly RequiresSelection[],
  ): Stage {
    const place = JSON.stringify(path);
    // A stage has one requirement only: what one field needs and cannot get must not cost another its value.
    const known = stages.find(
      (one) => one.level === level && one.requirement === requirement && JSON.stringify(one.path) === place,
    );
    if (known) return known;
    const { type } = scopeOf(schema, emptyTree(root.type), requirement.on);
    const stage: Stage = { level, path, requirement, requires: selections, tree: emptyTree(type) };
    stages.push(stage);
    return stage;
  }

  /** Adds the fields that are required to a tree, and says how the gathered data calls them. */
  function demand(
    tree: Tree,
    path: Path,
    level: number,
    requirement: Requirement,
  ): { readonly selections: RequiresSelection[]; readonly reached: number } {
    const { needs } = requirement;
    const copy = copies.get(requirement) ?? copies.size;
    copies.set(requirement, copy);
    const selections = require(tree, needs, copy);
    const levels = needs.selections.map((selection) => {
      if (selection.kind !== Kind.FIELD) return lower(tree, path, level);
      const branch = tree.fields.get(keyFor(selection, copy));
      return branch ? lowerField(tree, path, level, branch) : level;
    });
    return { selections, reached: Math.max(level, ...levels) };
  }

  /** What is required below a field is not mixed with what a client selects there: null propagates by itself. */
  function keyFor(field: FieldNode, copy: number): string {
    return keyOf(field.name.value, argumentsText(field), field.selectionSet ? firstCopy + copy : 0);
  }

  function require(tree: Tree, set: SelectionSetNode, copy: number): RequiresSelection[] {
    return set.selections.flatMap((selection): RequiresSelection[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value ?? tree.type.name;
        if (on !== tree.type.name) addBranch(schema, tree, typename);
        const selections = require(scopeOf(schema, tree, on), selection.selectionSet, copy);
        return [{ kind: 'InlineFragment', typeCondition: on, selections }];
      }
      const name = selection.name.value;
      const text = argumentsText(selection);
      const key = keyFor(selection, copy);
      const branch = addBranch(schema, tree, {
        key,
        name,
        arguments: text,
        variables: new Set(),
        below: undefined,
      });
      const inner =
        selection.selectionSet && branch.below && require(branch.below, selection.selectionSet, copy);
      return [{ kind: 'Field', name, alias: key, ...(inner && { selections: inner }) }];
    });
  }

  lower(root, [], 0);
  return stages;
}

const typename: Branch = {
  key: '__typename',
  name: '__typename',
  arguments: '',
  variables: new Set(),
  below: undefined,
};

function condition(name: string): FlattenNodePathSegment {
  return { TypeCondition: [name] };
}
