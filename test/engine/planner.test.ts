import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { QueryPlanner } from '@graphql-hive/router-query-planner';
import { buildSchema, printType, type GraphQLSchema } from 'graphql';
import { createEngine, type Explained } from '../../gateway/engine/index.ts';
import { createPlanner } from '../../gateway/planner.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import { composed, linked, richGraph } from './graph/subgraphs.ts';

const silent = (name: string): Subgraph => ({ name, prepare: () => () => ({ data: {} }) });

/** The plan of an operation over subgraphs that are never asked. */
function planOf(supergraph: string, document: string): Explained {
  const prepared = createEngine({ supergraph, subgraphs: silent }).prepare(document);
  if ('errors' in prepared) throw new Error(JSON.stringify(prepared.errors));
  return prepared.explain();
}

describe('a text that is not a supergraph is refused', () => {
  const join = 'directive @join__graph(name: String!, url: String!) on ENUM_VALUE';
  test.each([
    ['nothing', ''],
    ['no GraphQL', 'openapi: 3.0.0'],
    ['a schema', 'type Query { a: Int }'],
    ['a subgraph', linked('type Query { a: Int }')],
    ['no subgraphs', `${join} enum join__Graph { A } type Query { a: Int }`],
    ['no queries', `${join} enum join__Graph { A @join__graph(name: "a", url: "") } type T { a: Int }`],
    [
      'an unknown type',
      `${join} enum join__Graph { A @join__graph(name: "a", url: "") } type Query { a: Nope }`,
    ],
  ])('%s', (_what, text) => {
    expect(() => createPlanner(text)).toThrow(expect.objectContaining({ code: 'INVALID_SUPERGRAPH' }));
  });
});

test("a platform without the planner's binary is told in one sentence", () => {
  const missing = (): never => {
    throw new Error('Cannot find native binding');
  };
  expect(() => createPlanner(composed(richGraph), missing)).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('no binary for this platform'),
    }),
  );
});

test('a supergraph tells its subgraphs with their urls', () => {
  expect(createPlanner(composed(richGraph)).subgraphs).toContainEqual({
    name: 'catalog',
    url: 'http://catalog.invalid/graphql',
  });
});

test('the public schema is the one that the planner derives, without the machinery that it leaves in', () => {
  const supergraph = composed(richGraph);
  const { schema } = createPlanner(supergraph);
  const theirs = buildSchema(
    new QueryPlanner(supergraph).consumerSchema.replace(/^ +__(schema|type).*$/gm, ''),
    {
      assumeValidSDL: true,
    },
  );
  const types = (of: GraphQLSchema): string[] =>
    Object.values(of.getTypeMap())
      .filter(({ name }) => !/^__|^join__/.test(name))
      .map(printType)
      .sort();
  expect(types(schema)).toEqual(types(theirs));
  expect(Object.keys(schema.getTypeMap()).filter((name) => name.startsWith('join__'))).toEqual([]);
});

test.each([
  ['one entity over three subgraphs', '{ product(id: "p1") { name inStock taxes { rate } } }'],
  ['a list, and entities below entities', '{ products { reviews { author { username email } } } }'],
  ['equal fields under several names', '{ a: product(id: "1") { id: name n: name(upper: true) inStock } }'],
  ['an interface object', '{ reviews { item { stars title ... on Film { minutes } } } }'],
  ['a computed field after another entity', '{ warehouses { products { shipping insured price } } }'],
  [
    'two entity lists of one subgraph',
    '{ products { warehouse { city } } search(text: "x") { ... on Product { inStock } } }',
  ],
])('golden plan: %s', (_what, document) => {
  // A plan that changed is looked at by a person before its golden file is written anew (`npm test -- -u`).
  expect(planOf(composed(richGraph), document)).toMatchSnapshot();
});

/**
 * What the planner of this version cannot do. The engine plans around the first two; of the others it can only say that
 * no plan was found. When one of these tests fails, the planner has learned it, and the limitation can go.
 */
describe('limits of the planner', () => {
  const twoKeys = composed({
    a: linked('type Query { ps: [P] } type P @key(fields: "sku") { sku: ID! }'),
    b: linked('type P @key(fields: "sku") @key(fields: "id") { sku: ID! id: ID! weight: Int }'),
    c: linked(
      'type P @key(fields: "id") { id: ID! weight: Int @external fee: Int @requires(fields: "weight") }',
    ),
  });

  test('@requires behind another key is not planned; the engine fulfils it in stages', () => {
    const plan = (): unknown => new QueryPlanner(twoKeys).plan('{ ps { fee } }', null, new Set(), 0);
    expect(plan).toThrow('Expected a single parent');
    expect(JSON.stringify(planOf(twoKeys, '{ ps { fee } }'))).toContain('...on P{fee}');
  });

  test('the type of an interface object behind an entity is not planned; the engine asks for it in a stage', () => {
    const supergraph = composed(richGraph);
    const document = '{ me { favourites { reviews { item { ... on Book { id } } } } } }';
    expect(() => new QueryPlanner(supergraph).plan(document, null, new Set(), 0)).toThrow(
      'Expected a single parent',
    );
    expect(JSON.stringify(planOf(supergraph, document))).toContain('"path":"me.favourites.@.reviews.@.item"');
  });

  test('other fields of an object that is part of a key are not found: refused, never wrong', () => {
    const supergraph = composed({
      a: linked(
        'type Query { ps: [P] } type P @key(fields: "brand { code }") { brand: B! } type B @shareable { code: ID! }',
      ),
      b: linked(
        'type P @key(fields: "brand { code }") { brand: B! } type B @shareable { code: ID! label: String }',
      ),
    });
    expect(() => planOf(supergraph, '{ ps { brand { label } } }')).toThrow(
      expect.objectContaining({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'No plan was found for the operation.',
      }),
    );
  });

  const twoWays = composed({
    ...richGraph,
    inventory: String(richGraph.inventory)
      .replace(
        '@key(fields: "id") {',
        '@key(fields: "id") @key(fields: "sku brand { code }") { sku: String! brand: Brand!',
      )
      .replace('enum Unit', 'type Brand @shareable { code: ID! } enum Unit'),
  });
  const plan = `
    const { QueryPlanner } = require('@graphql-hive/router-query-planner');
    new QueryPlanner(require('node:fs').readFileSync(0, 'utf8')).plan(process.argv[1], null, new Set(), 0);
  `;
  const planElsewhere = (supergraph: string, document: string): NodeJS.Signals | null =>
    spawnSync(process.execPath, ['-e', plan, document], { input: supergraph, timeout: 5000 }).signal;

  test('@requires behind two compound keys ends its process; the engine fulfils it in stages', () => {
    expect(planElsewhere(twoWays, '{ me { favourites { insured } } }')).toBe('SIGABRT');
    expect(JSON.stringify(planOf(twoWays, '{ me { favourites { insured } } }'))).toContain(
      '...on Product{insured}',
    );
  });

  test('among many ways by two compound keys it does not come to an end', () => {
    const document = '{ reviews { product { stock(unit: ONE) packaging { layers seal } kind name } } }';
    expect(planElsewhere(createPlanner(twoWays).requirements.planningText, document)).toBe('SIGTERM');
  });
});
