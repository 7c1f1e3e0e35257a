import {
  execute,
  getNullableType,
  GraphQLList,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** Finds the paths of everything that fails or is null where it must not be. */
export type FindFaults = (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
) => Promise<ReadonlySet<string>>;

/**
 * Finds all faults of an operation, also those that graphql-js does not come to because something beside them failed.
 * For that it takes every non-null away from the schema's fields, in place.
 */
export function faultFinder(schema: GraphQLSchema): FindFaults {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const strict = field.type;
      field.type = loosened(strict);
      const { resolve } = field;
      field.resolve = (source, args, context: Map<string, GraphQLOutputType>, info) => {
        context.set(JSON.stringify(responsePathAsArray(info.path)), strict);
        return resolve?.(source, args, context, { ...info, returnType: strict });
      };
    }
  }
  return async (document, variableValues) => {
    const strict = new Map<string, GraphQLOutputType>();
    const result = await execute({ schema, document, variableValues, contextValue: strict });
    const paths = new Set((result.errors ?? []).map((error) => JSON.stringify(error.path)));
    look(result.data, undefined, []);
    return paths;

    function look(
      value: unknown,
      type: GraphQLOutputType | undefined,
      path: readonly (string | number)[],
    ): void {
      if (value === null || value === undefined) {
        if (type && isNonNullType(type)) paths.add(JSON.stringify(path));
      } else if (Array.isArray(value)) {
        const inner = type && getNullableType(type);
        const item: GraphQLOutputType | undefined = inner && isListType(inner) ? inner.ofType : undefined;
        for (const [index, one] of value.entries()) look(one, item, [...path, index]);
      } else if (typeof value === 'object') {
        for (const [key, one] of Object.entries(value)) {
          look(one, strict.get(JSON.stringify([...path, key])), [...path, key]);
        }
      }
    }
  };
}

function loosened(type: GraphQLOutputType): GraphQLOutputType {
  const inner = getNullableType(type);
  return isListType(inner) ? new GraphQLList(loosened(inner.ofType)) : inner;
}
