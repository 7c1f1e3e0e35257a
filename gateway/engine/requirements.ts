import {
  Kind,
  type ConstDirectiveNode,
  type DocumentNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { fieldJoins, fieldSet, fieldTypes, keyOf, typeJoins, type Definition } from './joins.ts';
import { planningText, type PlanningRoot } from './planning-text.ts';

/** What is fetched from one subgraph only after something of others is there. */
export interface Requirement {
  /** The type as that subgraph knows it: an object type, or an interface. */
  readonly on: string;
  /** What the subgraph has to be told of an object: a key, and for `@requires` the fields that it computes from. */
  readonly needs: SelectionSetNode;
  /** The root field by which the planning text lets a plan begin at such an object in that subgraph. */
  readonly root: string;
}

/** A type at a place, for which a field has a requirement or has none. */
export interface Case {
  readonly on: string;
  readonly requirement: Requirement | undefined;
}

/**
 * The planner does not plan every `@requires` and every interface object (see `test/engine/planner.test.ts`), so the
 * engine fulfils both itself, in stages, and plans over a supergraph without requirements.
 */
export interface Requirements {
  /** For a field with `@requires`; undefined where neither this type nor its possible types have one for it. */
  computed(type: string, field: string): readonly Case[] | undefined;
  /** Where objects come without their type, because their subgraph knows them as interface objects: who knows it. */
  typed(type: string, field: string): Requirement | undefined;
  readonly planningText: string;
}

/** Reads the requirements of a supergraph. */
export function readRequirements(
  document: DocumentNode,
  possible: ReadonlyMap<string, ReadonlySet<string>>,
  inaccessible: string,
): Requirements {
  const definitions = new Map(fieldTypes(document).map((node) => [node.name.value, node]));
  const computed = new Map<string, Requirement>();
  const roots = new Map<string, PlanningRoot>();
  const dropped = new Set<ConstDirectiveNode>();
  const prefix = rootPrefix(definitions.get('Query'));

  const requirement = (definition: Definition, graph: string, needs: string): Requirement => {
    const on = definition.name.value;
    const root = `${prefix}${on}_${graph}`;
    roots.set(root, { graph, type: on });
    return { on, needs: fieldSet(`${keyOf(definition, graph) ?? ''} ${needs}`), root };
  };

  for (const definition of definitions.values()) {
    for (const field of definition.fields ?? []) {
      const own = fieldJoins(field);
      const required = own.filter((join) => join.values.has('requires'));
      const free = own.length > required.length;
      // Where one subgraph has the field as it is, nobody needs to compute it; otherwise one that does is enough.
      required.slice(free ? 0 : 1).forEach((join) => dropped.add(join.node));
      const [join] = required;
      if (free || join?.graph === undefined) continue;
      const needs = requirement(definition, join.graph, join.values.get('requires') ?? '');
      computed.set(`${definition.name.value}.${field.name.value}`, needs);
    }
  }

  const typing = new Map<string, Requirement>();
  for (const definition of definitions.values()) {
    const graph = typeJoins(definition).find(
      (join) =>
        join.graph !== undefined &&
        join.values.get('isInterfaceObject') !== 'true' &&
        keyOf(definition, join.graph) !== undefined,
    )?.graph;
    if (graph === undefined || interfaceObjectGraphs(definition).size === 0) continue;
    typing.set(definition.name.value, requirement(definition, graph, ''));
  }

  const withInterfaces = (type: string): readonly string[] => [
    type,
    ...(definitions.get(type)?.interfaces?.map((one) => one.name.value) ?? []),
  ];
  const first = (type: string, field: string): Requirement | undefined =>
    withInterfaces(type)
      .map((name) => computed.get(`${name}.${field}`))
      .find((found) => found !== undefined);

  /** Subgraphs by which a field may be resolved; an interface object may bring it to the types behind it. */
  const graphsOf = (type: string, name: string): readonly string[] =>
    withInterfaces(type).flatMap((one) => {
      const definition = definitions.get(one);
      const field = definition?.fields?.find((candidate) => candidate.name.value === name);
      if (!definition || !field) return [];
      const own = fieldJoins(field);
      return (own.length === 0 ? typeJoins(definition) : own).flatMap(({ graph }) => graph ?? []);
    });

  return {
    computed(type, field) {
      if (computed.size === 0) return undefined;
      const own = first(type, field);
      if (own) return [{ on: type, requirement: own }];
      const names = [...(possible.get(type) ?? [])].filter((name) => name !== type);
      const cases = names.map((on) => ({ on, requirement: first(on, field) }));
      return cases.some((one) => one.requirement) ? cases : undefined;
    },
    typed(type, field) {
      if (typing.size === 0) return undefined;
      const node = definitions.get(type)?.fields?.find((one) => one.name.value === field);
      const name = node && namedType(node.type);
      const found = name === undefined ? undefined : typing.get(name);
      const definition = name === undefined ? undefined : definitions.get(name);
      if (!found || !definition) return undefined;
      const untyped = interfaceObjectGraphs(definition);
      return graphsOf(type, field).some((graph) => untyped.has(graph)) ? found : undefined;
    },
    planningText: planningText(document, dropped, roots, inaccessible),
  };
}

function interfaceObjectGraphs(definition: Definition): ReadonlySet<string | undefined> {
  if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return new Set();
  const found = typeJoins(definition).filter((join) => join.values.get('isInterfaceObject') === 'true');
  return new Set(found.map((join) => join.graph));
}

function namedType(node: TypeNode): string {
  return node.kind === Kind.NAMED_TYPE ? node.name.value : namedType(node.type);
}

/** A prefix that no root field of the supergraph starts with. */
function rootPrefix(query: Definition | undefined): string {
  let prefix = '_';
  while (query?.fields?.some((field) => field.name.value.startsWith(prefix))) prefix = `_${prefix}`;
  return prefix;
}
