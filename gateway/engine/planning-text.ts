import {
  Kind,
  parse,
  print,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { typeJoins } from './joins.ts';

/** A root field that gives an object of a type as one subgraph knows it. */
export interface PlanningRoot {
  /** As `join__Graph` names it. */
  readonly graph: string;
  readonly type: string;
}

/**
 * A supergraph to plan over: without requirements, with roots for plans that begin at an entity, and without
 * `@inaccessible`, which only concerns clients. Joins in `dropped` are left out.
 */
export function planningText(
  document: DocumentNode,
  dropped: ReadonlySet<DirectiveNode>,
  roots: ReadonlyMap<string, PlanningRoot>,
  inaccessible: string,
): string {
  const planned: DocumentNode = visit(document, {
    Directive: {
      enter(node) {
        if (dropped.has(node) || node.name.value === inaccessible) return null;
        if (node.name.value !== 'join__field') return undefined;
        return { ...node, arguments: node.arguments?.filter(({ name }) => name.value !== 'requires') ?? [] };
      },
    },
  });
  const definitions = planned.definitions.map((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Query' ? withRoots(node, roots) : node,
  );
  return print({ ...planned, definitions });
}

function withRoots(
  query: ObjectTypeDefinitionNode,
  roots: ReadonlyMap<string, PlanningRoot>,
): ObjectTypeDefinitionNode {
  if (roots.size === 0) return query;
  const graphs = new Set([...roots.values()].map(({ graph }) => graph));
  for (const { graph } of typeJoins(query)) if (graph !== undefined) graphs.delete(graph);
  const marks = [...graphs].map((graph) => `@join__type(graph: ${graph})`);
  const fields = [...roots].map(
    ([name, { graph, type }]) => `${name}: ${type} @join__field(graph: ${graph})`,
  );
  const [more] = parse(`type Query ${marks.join(' ')} { ${fields.join('\n')} }`, {
    noLocation: true,
  }).definitions;
  if (more?.kind !== Kind.OBJECT_TYPE_DEFINITION) return query;
  return {
    ...query,
    directives: [...(query.directives ?? []), ...(more.directives ?? [])],
    fields: [...(query.fields ?? []), ...(more.fields ?? [])],
  };
}
