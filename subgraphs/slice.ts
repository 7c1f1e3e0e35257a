import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../runtime/context.ts';
import type { Versioned } from './connector.ts';
import type { Attribute, Collection, Listed, Local } from './lens.ts';
import { cut, pageOf, type Page, type PageArgs } from './page.ts';
import type { Reader } from './reader.ts';
import { seenPage } from './seen.ts';
import { wantedOf, type Wanted } from './wanted.ts';

/** The way between the graph's ids and one system's own keys. */
export interface Crossing {
  /** Whether the caller sees all entities; whom it does not see is unknown to it. */
  seesAll(context: RequestContext): boolean;
  /** The system's own keys of these entities, in their order; null for one that it does not know. */
  keysOf(context: RequestContext, ids: readonly string[]): Promise<readonly (string | null)[]>;
  idOf(context: RequestContext, key: string): Promise<string | null>;
  /** All keys that ever were this entity's, or that of one merged into it, and are nobody else's now; in order. */
  everOf(context: RequestContext, id: string): Promise<readonly string[]>;
  /** Makes a record the entity's, unless it is somebody else's by now; the entity comes into being where it is not there. */
  link(context: RequestContext, id: string, key: string): Promise<void>;
  /** A record that is gone is nobody's any more. */
  unlink(context: RequestContext, id: string, key: string): Promise<void>;
}

/** The part of an entity that one system owns, ready for a GraphQL executor: attributes are plain properties. */
export interface Slice<R> {
  readonly __typename: string;
  readonly id: string;
  /** Null where the system does not know the entity. */
  readonly localKey: string | null;
  /** Null where the system does not know the entity, or nothing of the record was asked for. */
  readonly record: Partial<R> | null;
  readonly [attribute: string]: unknown;
}

export interface SliceOptions<R extends object> {
  /** The entity's name in the contract. */
  readonly typename: string;
  readonly mapping: Readonly<Record<string, Attribute<R>>>;
  readonly reader: Reader<R>;
  readonly crossing: Crossing;
  /** Fields of other systems that a reference brings along, for what is computed from them. */
  readonly required: readonly string[];
}

type Resolver<R> = GraphQLFieldResolver<Slice<R>, RequestContext, PageArgs>;

/** Resolvers of one system's slice of an entity, derived from its mapping. */
export function createSlices<R extends object>(options: SliceOptions<R>) {
  const { typename, mapping, reader, crossing, required } = options;
  const wantedAt = wantedOf(mapping, typename);

  async function slice(context: RequestContext, id: string, key: string | null, wanted: Wanted<R>) {
    const read = key !== null && wanted.fields.length > 0;
    const found = read ? await reader.record(context, { key, ...wanted }) : null;
    return sliceFrom(typename, id, read && !found ? null : key, found, wanted);
  }

  /** An entity that a record of this system names by its local key; null where the graph does not know it. */
  async function linked(context: RequestContext, local: Local | null, wanted: Wanted<R>) {
    if (local === null) return null;
    const id = await crossing.idOf(context, local.localKey);
    return id === null ? null : slice(context, id, local.localKey, wanted);
  }

  const link = (context: RequestContext, local: Local | null, info: GraphQLResolveInfo) =>
    linked(context, local, wantedAt(info, []));

  function embedded(name: string, collection: Collection<R>): Resolver<R> {
    return ({ record }, args) => (record ? cut(name, collection.rows(record, args as never), args) : null);
  }

  function listed(collection: Listed<never, unknown, never>): Resolver<R> {
    return async ({ localKey }, args, context, info) => {
      if (localKey === null) return null;
      if (collection.entities && !crossing.seesAll(context))
        return withLinks(
          await seenPage({ reader, crossing }, context, collection, localKey, args),
          context,
          info,
        );
      const found = await reader.rows(
        context,
        collection.of,
        localKey,
        args,
        collection.where(args as never),
      );
      const rows = found.rows.map(({ position, row }) => ({ position, node: collection.node(row as never) }));
      const page = pageOf(collection.of, rows, {
        total: found.total,
        hasNext: found.hasNext,
        hasPrevious: args.after != null && found.total > 0,
      });
      return collection.entities ? withLinks(page, context, info) : page;
    };
  }

  /** Rows that are entities themselves; one that the graph does not know yet is left out. */
  async function withLinks(page: Page<unknown>, context: RequestContext, info: GraphQLResolveInfo) {
    const wanted = wantedAt(info, ['edges', 'node']);
    const edges = await Promise.all(
      page.edges.map(async ({ cursor, node }) => ({
        cursor,
        node: await linked(context, node as Local, wanted),
      })),
    );
    return { ...page, edges: edges.filter(({ node }) => node !== null) };
  }

  function resolverOf(name: string, attribute: Attribute<R>): Resolver<R> | null {
    switch (attribute.kind) {
      case 'lens':
        return null;
      case 'link':
        return (parent, _, context, info) => link(context, parent[name] as Local | null, info);
      case 'embedded':
        return embedded(name, attribute);
      case 'listed':
        return listed(attribute);
    }
  }

  const fields = Object.entries(mapping)
    .map(([name, attribute]) => [name, resolverOf(name, attribute)] as const)
    .filter((entry) => entry[1] !== null);

  return {
    /** For resolvers of values that name another entity. */
    link,
    resolvers: {
      ...Object.fromEntries(fields),
      __resolveReferences: async (
        references: readonly Reference[],
        context: RequestContext,
        info: GraphQLResolveInfo,
      ) => {
        const wanted = wantedAt(info, []);
        const keys = await crossing.keysOf(
          context,
          references.map(({ id }) => id),
        );
        const known = keys.filter((key) => key !== null);
        const read = known.length > 0 && wanted.fields.length > 0;
        const found = read ? await reader.records(context, known, wanted) : null;
        return references.map((reference, i) => {
          const key = keys[i] ?? null;
          const record = key === null ? null : (found?.get(key) ?? null);
          const slice = sliceFrom(typename, reference.id, found && !record ? null : key, record, wanted);
          return required.length === 0 ? slice : { ...slice, ...broughtBy(reference, required) };
        });
      },
    },
  };
}

interface Reference {
  readonly id: string;
  readonly [field: string]: unknown;
}

function broughtBy(reference: Reference, required: readonly string[]): object {
  return Object.fromEntries(required.flatMap((name) => (name in reference ? [[name, reference[name]]] : [])));
}

function sliceFrom<R>(
  typename: string,
  id: string,
  localKey: string | null,
  found: Versioned<Partial<R>> | null,
  wanted: Wanted<R>,
): Slice<R> {
  const made: Record<string, unknown> = { __typename: typename, id, localKey, record: found?.record ?? null };
  if (found) for (const [name, get] of wanted.lenses) made[name] = get(found.record);
  return made as unknown as Slice<R>;
}
