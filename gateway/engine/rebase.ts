import {
  Kind,
  OperationTypeNode,
  parse,
  print,
  stripIgnoredCharacters,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FetchNode, FetchRewrite, FlattenNodePathSegment, PlanNode } from '../planner.ts';
import type { Stage } from './stages.ts';

/**
 * A plan that begins at a stage's root field, moved to where the stage's objects are: the root field becomes a fetch of
 * entities at the stage's path, and paths through it go through that path instead.
 */
export function rebase(node: PlanNode, stage: Stage): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((inner) => rebase(inner, stage)) };
    case 'Flatten':
      return { ...node, path: moved(node.path, stage) };
    case 'BatchFetch': {
      const aliases = node.entityBatch.aliases.map((alias) => ({
        ...alias,
        paths: alias.paths.map((path) => moved(path, stage)),
      }));
      return { ...node, entityBatch: { aliases } };
    }
    case 'Fetch':
      return { kind: 'Flatten', path: [...stage.path], node: entityFetchNode(node, stage) };
    case 'Condition':
    case 'Defer':
    case 'Subscription':
      return node;
  }
}

function moved(path: readonly FlattenNodePathSegment[], stage: Stage): FlattenNodePathSegment[] {
  return [...stage.path, ...path.slice(1)];
}

function entityFetchNode(node: FetchNode, { requirement, requires }: Stage): FetchNode {
  const typename = { kind: 'Field' as const, name: '__typename' };
  return {
    ...node,
    operation: entityOperation(node.operation, requirement.on),
    requires: [
      { kind: 'InlineFragment', typeCondition: requirement.on, selections: [typename, ...requires] },
    ],
    // An interface object's subgraph knows its objects by the interface only.
    inputRewrites: [
      {
        ValueSetter: {
          path: [{ TypenameEquals: [requirement.on] }, { Key: '__typename' }],
          setValueTo: requirement.on,
        },
      },
    ],
    outputRewrites: (node.outputRewrites ?? []).map(belowRoot),
  };
}

function belowRoot(rewrite: FetchRewrite): FetchRewrite {
  if ('KeyRenamer' in rewrite) {
    return { KeyRenamer: { ...rewrite.KeyRenamer, path: rewrite.KeyRenamer.path.slice(1) } };
  }
  const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
  return { ValueSetter: { path: setter.path.slice(1), setValueTo: setter.setValueTo } };
}

/** `{ _root { a } }` as `query($representations: [_Any!]!) { _entities(…) { ... on T { a } } }`. */
function entityOperation(text: string, type: string): string {
  const document = parse(text, { noLocation: true });
  const [entities] = parse(
    `query($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} { __typename } } }`,
    { noLocation: true },
  ).definitions;
  const moved: DocumentNode = {
    ...document,
    definitions: document.definitions.map((node) =>
      node.kind === Kind.OPERATION_DEFINITION && entities?.kind === Kind.OPERATION_DEFINITION
        ? entityQuery(node, entities)
        : node,
    ),
  };
  return stripIgnoredCharacters(print(moved));
}

function entityQuery(
  query: OperationDefinitionNode,
  entities: OperationDefinitionNode,
): OperationDefinitionNode {
  const root = query.selectionSet.selections.find(isField)?.selectionSet;
  return {
    ...query,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: [...(entities.variableDefinitions ?? []), ...(query.variableDefinitions ?? [])],
    selectionSet: root ? innermost(entities.selectionSet, root) : entities.selectionSet,
  };
}

/** Puts a selection set in the place of the innermost one of another. */
function innermost(around: SelectionSetNode, inner: SelectionSetNode): SelectionSetNode {
  const [first] = around.selections;
  if (!first || first.kind === Kind.FRAGMENT_SPREAD || !first.selectionSet) return inner;
  return { ...around, selections: [{ ...first, selectionSet: innermost(first.selectionSet, inner) }] };
}

function isField(node: SelectionNode): node is FieldNode {
  return node.kind === Kind.FIELD;
}
