import { Kind, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';

/**
 * Names of the variables that decide what is answered to an event of a subscription. Those that only the source's own
 * arguments use are none: they choose which events come, and whoever is told of the same event is told the same of it.
 */
export function shapingVariables(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const types = new TypeInfo(schema);
  const source = schema.getSubscriptionType();
  visit(
    document,
    visitWithTypeInfo(types, {
      VariableDefinition: () => false,
      Argument(_node, _key, _parent, _path, ancestors) {
        const owner = ancestors.at(-1);
        const field = Array.isArray(owner) ? ancestors.at(-2) : owner;
        const isField = field !== undefined && 'kind' in field && field.kind === Kind.FIELD;
        return isField && types.getParentType() === source ? false : undefined;
      },
      Variable({ name }) {
        names.add(name.value);
      },
    }),
  );
  return names;
}
