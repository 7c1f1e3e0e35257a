import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  isAbstractType,
  isObjectType,
  parse,
  printSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { item, type Thing, type World } from './world.ts';

/** A world that is chosen anew for each run, while schemas and plans stay. */
export interface Stage {
  world: World;
}

interface Reference extends Readonly<Record<string, unknown>> {
  readonly __typename: string;
  readonly id?: string;
  readonly code?: string;
  readonly sku?: string;
  readonly brand?: { readonly code?: string };
}

/** The schema of one subgraph, every field of which answers from the world. */
export function subgraphSchema(sdl: string, stage: Stage): GraphQLSchema {
  const document = parse(sdl);
  const plain = buildSubgraphSchema([{ typeDefs: document, resolvers: {} }]);
  const resolvers: Record<string, Record<string, unknown>> = {};
  for (const type of Object.values(plain.getTypeMap())) {
    if (type.name.startsWith('_')) continue;
    if (isAbstractType(type)) resolvers[type.name] = { __resolveReference: referenced(stage) };
    if (!isObjectType(type)) continue;
    const fields = Object.keys(type.getFields()).filter((name) => !name.startsWith('_'));
    resolvers[type.name] = {
      ...Object.fromEntries(fields.map((name) => [name, fieldResolver(stage)])),
      ...(type.name === 'Query' ? {} : { __resolveReference: referenced(stage) }),
    };
  }
  return buildSubgraphSchema([{ typeDefs: document, resolvers: resolvers as never }]);
}

/** The whole graph as one schema: what a gateway's answers are compared with. */
export function monolith(schema: GraphQLSchema, stage: Stage): GraphQLSchema {
  const built = buildSchema(printSchema(schema));
  for (const type of Object.values(built.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.resolve = fieldResolver(stage);
  }
  return built;
}

function fieldResolver(stage: Stage): GraphQLFieldResolver<Thing | undefined, unknown> {
  return (source, args: object, _context, { schema, fieldName, returnType }) =>
    stage.world.value(schema, source ?? { __typename: 'Query', id: 'query' }, fieldName, returnType, args);
}

function referenced(stage: Stage): (reference: Reference) => Promise<Thing> {
  return async (reference) => {
    await Promise.resolve();
    const id = reference.id ?? reference.code ?? idOfSku(reference);
    const thing = reference.__typename === 'Item' ? item(id) : stage.world.find(reference.__typename, id);
    return { ...thing, reference };
  };
}

function idOfSku(reference: Reference): string {
  const { sku, brand } = reference as { sku?: string; brand?: { code?: string } };
  const id = String(sku).replace('sku-', '');
  if (brand?.code !== (id.endsWith('1') ? 'b1' : 'b0'))
    throw new Error(`Not a key: ${JSON.stringify(reference)}`);
  return id;
}
