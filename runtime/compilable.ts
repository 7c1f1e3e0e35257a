import {
  getNamedType,
  isInputObjectType,
  Kind,
  typeFromAST,
  visit,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type ListValueNode,
  type ObjectValueNode,
} from 'graphql';

/**
 * Whether an operation keeps its meaning when it is compiled. Two kinds do not: with a variable inside a literal,
 * `{a: $a}`, one without a value becomes null instead of the default; and for a variable of an input type that contains
 * itself, compiling does not end.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  return !hasNestedVariable(document) && !hasRecursiveVariable(schema, document);
}

function hasNestedVariable(document: DocumentNode): boolean {
  let found = false;
  const within = {
    enter(node: ObjectValueNode | ListValueNode): void {
      visit(node, {
        Variable() {
          found = true;
        },
      });
    },
  };
  visit(document, { ObjectValue: within, ListValue: within });
  return found;
}

function hasRecursiveVariable(schema: GraphQLSchema, document: DocumentNode): boolean {
  return document.definitions.some(
    (node) =>
      node.kind === Kind.OPERATION_DEFINITION &&
      node.variableDefinitions?.some((variable) => {
        const type = typeFromAST(schema, variable.type);
        return type !== undefined && containsItself(getNamedType(type), new Set());
      }),
  );
}

function containsItself(type: GraphQLNamedType, around: ReadonlySet<GraphQLNamedType>): boolean {
  if (!isInputObjectType(type)) return false;
  if (around.has(type)) return true;
  const within = new Set([...around, type]);
  return Object.values(type.getFields()).some((field) => containsItself(getNamedType(field.type), within));
}
