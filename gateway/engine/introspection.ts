import {
  executeSync,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** Introspection fields of one run as JSON text, in the order in which the serialiser wants them. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => readonly string[];

/** Answers introspection fields from the public schema; once for all runs where no variable can change the answer. */
export function introspector(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  fields: readonly (readonly FieldNode[])[],
): Introspect {
  if (fields.length === 0) return () => [];
  const selections = fields.flatMap((nodes, index) =>
    nodes.map((node): FieldNode => ({
      ...node,
      alias: { kind: Kind.NAME, value: alias(index) },
      directives: [],
    })),
  );
  const query: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: operation.variableDefinitions ?? [],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const asked: DocumentNode = { kind: Kind.DOCUMENT, definitions: [query, ...fragments] };
  const answer: Introspect = (variables) => {
    const { data } = executeSync({ schema, document: asked, variableValues: variables });
    return fields.map((_nodes, index) => JSON.stringify(data?.[alias(index)] ?? null));
  };
  if (query.variableDefinitions?.length !== 0) return answer;
  let known: readonly string[] | undefined;
  return () => (known ??= answer({}));
}

function alias(index: number): string {
  return `field${index}`;
}
