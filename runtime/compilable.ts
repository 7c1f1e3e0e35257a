import {
  getNamedType,
  isInputObjectType,
  isNonNullType,
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
 * Whether an operation keeps its meaning when it is compiled. Three kinds do not: with a variable inside a literal,
 * `{a: $a}`, one without a value becomes null instead of the default; for a variable of an input type that contains
 * itself, compiling does not end; and in one of an input type with `a: Int! = 1`, `a` is asked for all the same.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  return !hasNestedVariable(document) && !hasMisreadVariable(schema, document);
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

function hasMisreadVariable(schema: GraphQLSchema, document: DocumentNode): boolean {
  return document.definitions.some(
    (node) =>
      node.kind === Kind.OPERATION_DEFINITION &&
      node.variableDefinitions?.some((variable) => {
        const type = typeFromAST(schema, variable.type);
        return type !== undefined && isMisread(getNamedType(type), new Set());
      }),
  );
}

function isMisread(type: GraphQLNamedType, around: ReadonlySet<GraphQLNamedType>): boolean {
  if (!isInputObjectType(type)) return false;
  if (around.has(type)) return true;
  const within = new Set([...around, type]);
  return Object.values(type.getFields()).some(
    (field) =>
      (isNonNullType(field.type) && field.defaultValue !== undefined) ||
      isMisread(getNamedType(field.type), within),
  );
}
