import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { createEngine, type Engine } from '../../gateway/engine/index.ts';
import { defaultLimits, documentRules } from '../../gateway/limits.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import { buildSubgraph, type Resolvers } from '../../runtime/subgraph.ts';
import type { RequestContext } from '../../runtime/context.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

/** Contracts of two subgraphs that share an entity. */
export const contracts = {
  catalog: `${link}
    type Query {
      product(id: ID!): Product
      products(order: Order = NAME): [Product!]!
      page(first: Int = 2): [Product!]!
      broken: String
      "Answers when it is released, or never."
      slow: String
    }
    type Mutation { rename(id: ID!, name: String!): Product }
    type Product @key(fields: "id") { id: ID! name: String! }
    enum Order { NAME PRICE }`,
  stock: `${link}
    type Product @key(fields: "id") { id: ID! units: Int warehouse: String }`,
};

/** A small graph, with everything that is really executed written down: the oracle of "nothing was executed". */
export interface Shop {
  readonly resolvers: Readonly<Record<keyof typeof contracts, Resolvers>>;
  readonly executed: string[];
  /** Contexts of the calls of `slow` that wait, in their order, with what lets them answer. */
  readonly waiting: { readonly context: RequestContext; readonly release: (value: string) => void }[];
}

export function createShop(): Shop {
  const executed: string[] = [];
  const waiting: Shop['waiting'] = [];
  const names = new Map([
    ['1', 'Chai'],
    ['2', 'Tofu'],
  ]);
  const product = (id: string) => (names.has(id) ? { id, name: names.get(id) } : null);
  return {
    executed,
    waiting,
    resolvers: {
      catalog: {
        Query: {
          product: (_: unknown, { id }: { id: string }) => (executed.push(`product ${id}`), product(id)),
          products: () => (executed.push('products'), [...names.keys()].map(product)),
          page: (_: unknown, { first }: { first: number }) => (
            executed.push('page'),
            [...names.keys()].slice(0, first).map(product)
          ),
          broken: () => {
            throw new Error('password=secret at /srv/db.ts:12 SELECT * FROM customers');
          },
          slow: (_: unknown, __: unknown, context: RequestContext) =>
            new Promise<string>((release) => {
              waiting.push({ context, release });
            }),
        },
        Mutation: {
          rename: (_: unknown, { id, name }: { id: string; name: string }) => {
            executed.push(`rename ${id}`);
            names.set(id, name);
            return product(id);
          },
        },
      },
      stock: {
        Product: {
          __resolveReference: ({ id }: { id: string }) => ({
            id,
            units: Number(id) * 10,
            warehouse: 'north',
          }),
        },
      },
    },
  };
}

/** The supergraph of the shop; each subgraph's URL is asked for. */
export function supergraph(url: (name: string) => string = () => ''): string {
  const services = Object.entries(contracts).map(([name, sdl]) => ({
    name,
    url: url(name),
    typeDefs: parse(sdl),
  }));
  const { supergraphSdl } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error('The test supergraph does not compose.');
  return supergraphSdl;
}

/** The engine over the shop in this process. */
export function shopEngine(shop: Shop, introspection = true): Engine {
  return createEngine({
    supergraph: supergraph(),
    subgraphs: (name) => {
      const key = name === 'catalog' ? 'catalog' : 'stock';
      return localSubgraph(name, buildSubgraph(contracts[key], shop.resolvers[key]));
    },
    limits: { tokens: defaultLimits.tokens },
    rules: documentRules(defaultLimits, introspection),
  });
}
