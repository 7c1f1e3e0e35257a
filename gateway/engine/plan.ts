import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type GraphQLObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import { Failure } from '../../runtime/failure.ts';
import type { FetchNode, Overrides, PlanNode, Planner } from '../planner.ts';
import type { Clearance } from './clearance.ts';
import type { Conditions } from './conditions.ts';
import { documentText } from './document.ts';
import { keyNames } from './keys.ts';
import { rebase } from './rebase.ts';
import { isWithheld, type FieldItem, type Item } from './items.ts';
import { select } from './select.ts';
import { stagesOf, type Stage } from './stages.ts';
import { emptyTree, growTree, type Branch, type Tree } from './tree.ts';

/** An operation with its conditions decided: what to answer, and the plan that gathers it. */
export interface Planned {
  readonly root: GraphQLObjectType;
  readonly items: readonly Item[];
  readonly plan: PlanNode;
}

export interface Planning {
  readonly planner: Planner;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly conditions: Conditions;
  readonly clearance: Clearance;
  readonly overrides: Overrides;
  /** Prefix of made-up keys; no field of the schema starts with it. */
  readonly prefix: string;
}

/**
 * Plans one operation: what needs no requirement first, then stage by stage. The fields of a mutation are planned each
 * by itself, so that one is complete, with what it selects from other subgraphs, before the next begins.
 */
export function planOperation(planning: Planning): Planned {
  const { planner, document, operation, conditions, clearance, overrides } = planning;
  const root = planner.schema.getRootType(operation.operation);
  const whole = planner.full.getRootType(operation.operation);
  const query = planner.full.getQueryType();
  if (!root || !whole || !query)
    throw new Failure('INTERNAL_SERVER_ERROR', `There is no ${operation.operation} type.`);
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const keyOf = keyNames(planning.prefix);
  const { schema } = planner;
  const selected = select({ schema, fragments, conditions, keyOf, clearance }, root, operation.selectionSet);
  const serial = operation.operation === OperationTypeNode.MUTATION;
  const items = serial ? separate(selected, planning.prefix) : selected;
  const parts = serial ? steps(items) : [items];

  const parallel = (stages: readonly Stage[]): PlanNode => {
    const nodes = stages.flatMap((stage) => {
      const { root: name } = stage.requirement;
      const from: Branch = { key: name, name, arguments: '', variables: new Set(), below: stage.tree };
      const tree: Tree = { ...emptyTree(query), fields: new Map([[name, from]]) };
      const { node } = planner.plan(documentText(planner.full, 'query', operation, tree), overrides);
      return node ? [rebase(node, stage)] : [];
    });
    return { kind: 'Parallel', nodes };
  };

  const nodes = parts
    .filter((part) => part.some(isGathered))
    .flatMap((part) => {
      const tree = growTree(planner.full, emptyTree(whole), part);
      const stages = stagesOf({ schema: planner.full, requirements: planner.requirements, keyOf }, tree);
      const text = documentText(planner.full, operation.operation, operation, tree);
      return [planner.plan(text, overrides).node, ...levels(stages).map(parallel)];
    });
  return { root, items, plan: { kind: 'Sequence', nodes: nodes.filter((node) => node !== undefined) } };
}

/** The source of a planned subscription. */
export function sourceOf(node: PlanNode): FetchNode {
  if (node.kind === 'Subscription') return node.primary;
  const [first] = node.kind === 'Sequence' ? node.nodes : [];
  if (!first) throw new Failure('INTERNAL_SERVER_ERROR', 'No source was planned for the subscription.');
  return sourceOf(first);
}

/** Stages by level, the lowest first. */
function levels(stages: readonly Stage[]): readonly (readonly Stage[])[] {
  const found = [...new Set(stages.map(({ level }) => level))].sort((a, b) => a - b);
  return found.map((level) => stages.filter((stage) => stage.level === level));
}

/** `__typename` of the root and introspection need no subgraph, and what is withheld is not asked for. */
function isGathered(item: Item): boolean {
  return item.kind === 'scope' || (!item.name.startsWith('__') && !isWithheld(item));
}

/** Two mutations are two effects, even where they are written the same: each response name has a key of its own. */
function separate(items: readonly Item[], prefix: string): readonly Item[] {
  return items.map((item) =>
    item.kind === 'field' && isGathered(item) ? { ...item, key: `${prefix}m_${item.response}` } : item,
  );
}

function steps(items: readonly Item[]): readonly (readonly Item[])[] {
  const parts = new Map<string, FieldItem[]>();
  for (const item of items) {
    if (item.kind === 'scope') continue;
    const same = parts.get(item.key);
    if (same) same.push(item);
    else parts.set(item.key, [item]);
  }
  return [...parts.values()];
}
