import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { RequestContext } from './context.ts';

/** A field of the root of subscriptions: where its events come from, and what an event is. */
export interface StreamResolver {
  /** Gives an async iterable of events, or a promise of one; a Failure says why there is none. */
  readonly subscribe: (...parameters: never[]) => unknown;
  /**
   * The field's value, called with (event, arguments, context, info). The arguments choose events, and must decide nothing
   * here: whoever is told of the same event is told the same of it, whatever chose it.
   */
  readonly resolve: (...parameters: never[]) => unknown;
}

/**
 * Resolvers of a subgraph, by type and field. An entity has `__resolveReference`, called with (reference, context, info),
 * or `__resolveReferences`, called with all of a fetch at once for as many entities in their order, each null or an
 * error where it failed.
 */
export type Resolvers = Readonly<
  Record<string, Readonly<Record<string, ((...parameters: never[]) => unknown) | StreamResolver>>>
>;

/** An entity as a gateway asks for it: its type, and the fields of one of its keys. */
interface Reference {
  readonly __typename: string;
}

/** Resolves all references of a fetch: as many entities, in their order, each null or an error where it failed. */
type ResolveReferences = (
  references: readonly Reference[],
  context: RequestContext,
  info: GraphQLResolveInfo,
) => Promise<readonly unknown[]>;

/**
 * Takes `__resolveReferences` of entities out of resolvers, so that a subgraph's schema can be built of them, and puts
 * it into the schema that was built: what is done for each entity on its own costs more than all the rest.
 */
export function batchReferences(resolvers: Resolvers) {
  const batched = new Map<string, ResolveReferences>();
  const single: Record<string, Resolvers[string]> = { ...resolvers };
  for (const [typename, { __resolveReferences: all, ...rest }] of Object.entries(resolvers)) {
    if (!all) continue;
    const resolve = inPlace(all as ResolveReferences);
    batched.set(typename, resolve);
    single[typename] = { ...rest, __resolveReference: singly(resolve) };
  }
  return {
    /** The resolvers with `__resolveReference` in its place. */
    single,
    intoSchema: (schema: GraphQLSchema): GraphQLSchema => {
      const field = schema.getQueryType()?.getFields()._entities;
      const each = field?.resolve;
      if (!field || !each || batched.size === 0) return schema;
      field.resolve = (root, args: { readonly representations: readonly Reference[] }, context, info) => {
        const { representations } = args;
        const typename = representations[0]?.__typename ?? '';
        const resolve = batched.get(typename);
        // Entities of several types in one fetch are rare: they are resolved one by one.
        return resolve && representations.every((one) => one.__typename === typename)
          ? resolve(representations, context as RequestContext, info)
          : each(root, args, context, info);
      };
      return schema;
    },
  };
}

/** What fails for all of them fails for each, so that errors keep their places. */
function inPlace(resolve: ResolveReferences): ResolveReferences {
  return (references, context, info) =>
    resolve(references, context, info).catch((fault: unknown) => references.map(() => fault));
}

function singly(resolve: ResolveReferences) {
  return async (
    reference: Reference,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<unknown> => {
    const [found] = await resolve([reference], context, info);
    if (found instanceof Error) throw found;
    return found;
  };
}
