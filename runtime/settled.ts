import {
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
} from 'graphql';

type Resolve = GraphQLFieldResolver<unknown, unknown>;
type ResolveType = GraphQLTypeResolver<unknown, unknown>;

const taken = new WeakSet<GraphQLSchema>();

/**
 * Makes a schema's resolvers safe for compiled operations, in place and once: a list of promises becomes the promise of
 * a list, in which an item that failed is its error (compiled lists lose the place of a rejected item), and no type
 * resolver throws (a compiled operation would never end).
 */
export function takeOver(schema: GraphQLSchema): void {
  if (taken.has(schema)) return;
  taken.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = quiet(type.resolveType ?? byName(type));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve && isListType(getNullableType(field.type))) field.resolve = settling(field.resolve);
    }
  }
}

function settling(resolve: Resolve): Resolve {
  return (source, given, context, info) => {
    const result: unknown = resolve(source, given, context, info);
    return isPromise(result) ? result.then(settled) : settled(result);
  };
}

/** A list without promises as it is; otherwise the promise of one whose failed items are errors. */
function settled(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  if (!list.some((item) => isPromise(item) || Array.isArray(item))) return list;
  const items = list.map((item: unknown) => (isPromise(item) ? item.then(settled, asError) : settled(item)));
  return items.some(isPromise) ? Promise.all(items) : items;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('A list item failed.', { cause: reason });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function quiet(resolveType: ResolveType): ResolveType {
  return (value, context, info, type) => {
    try {
      return resolveType(value, context, info, type);
    } catch {
      return undefined;
    }
  };
}

function byName(abstract: GraphQLAbstractType): ResolveType {
  return (value, context, info) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if ('__typename' in value && typeof value.__typename === 'string') return value.__typename;
    const types = info.schema.getPossibleTypes(abstract);
    return types.find((type) => type.isTypeOf?.(value, context, info) === true)?.name;
  };
}
