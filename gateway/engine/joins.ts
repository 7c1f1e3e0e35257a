import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A type of a supergraph that has fields. */
export type Definition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** One `@join__type` or `@join__field`. */
export interface Join {
  readonly node: ConstDirectiveNode;
  readonly graph: string | undefined;
  /** Its arguments as text. */
  readonly values: ReadonlyMap<string, string>;
}

export function fieldTypes(document: DocumentNode): readonly Definition[] {
  return document.definitions.filter(
    (node): node is Definition =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION,
  );
}

/** The joins of a type: which subgraphs know it, and by which keys. */
export function typeJoins(definition: Definition): readonly Join[] {
  return joins(definition.directives, 'join__type');
}

/** The subgraphs that resolve a field, with what they say about it; none where all that know the type do. */
export function fieldJoins(field: FieldDefinitionNode): readonly Join[] {
  return joins(field.directives, 'join__field').filter((join) => join.values.get('external') !== 'true');
}

/** The first key by which a subgraph finds objects of a type. */
export function keyOf(definition: Definition, graph: string): string | undefined {
  return typeJoins(definition)
    .filter((join) => join.graph === graph && join.values.get('resolvable') !== 'false')
    .map((join) => join.values.get('key'))
    .find((key) => key !== undefined);
}

/** A field set, `id brand { code }`, as a selection set. */
export function fieldSet(fields: string): SelectionSetNode {
  const [operation] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION
    ? operation.selectionSet
    : { kind: Kind.SELECTION_SET, selections: [] };
}

function joins(directives: readonly ConstDirectiveNode[] | undefined, name: string): readonly Join[] {
  return (directives ?? [])
    .filter((node) => node.name.value === name)
    .map((node) => {
      const values = new Map(
        node.arguments?.flatMap(({ name: argument, value }): [string, string][] =>
          'value' in value ? [[argument.value, String(value.value)]] : [],
        ),
      );
      return { node, graph: values.get('graph'), values };
    });
}
