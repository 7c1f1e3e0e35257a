import { composeServices } from '@theguild/federation-composition';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createEngine, type Operation } from '../../gateway/engine/index.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';

const sdl = (imports: string): string => `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])
  type Query {
    item: Item
    leaf: Int
    items: [Item!]!
    page(first: Int = 20, last: Int): Page
    sizes(first: Int): [Item!]! @size(assumedSize: 3)
    asked(count: Int, most: Int): [Item!]! @size(assumedSize: 4, slicingArguments: ["count", "most"], requireOneSlicingArgument: false)
    rows(count: Int): Rows @size(slicingArguments: ["count"], sizedFields: ["rows"], assumedSize: 5)
    dear(text: String @weight(weight: 7)): Int @weight(weight: 100)
    any: [Any!]! @size(assumedSize: 2)
  }
  type Mutation { change: Item }
  type Item { id: ID tags: [String!]! parent: Item children(first: Int): Page heavy: Heavy }
  type Page { edges: [Edge!]! nodes: [Item!]! total: Int }
  type Edge { node: Item }
  type Rows { rows: [Item!]! others: [Item!]! @size(assumedSize: 1) }
  type Heavy @weight(weight: 50) { id: ID }
  union Any = Item | Heavy
`;

function engineOf(imports: string, renamed: (text: string) => string = (text) => text) {
  const typeDefs = renamed(sdl(imports));
  const { supergraphSdl, errors } = composeServices([{ name: 'a', url: '', typeDefs: parse(typeDefs) }]);
  if (supergraphSdl === undefined) throw new Error(String(errors));
  return createEngine({
    supergraph: supergraphSdl,
    subgraphs: (name) => localSubgraph(name, buildSubgraph(typeDefs, {})),
  });
}
const plain = (text: string): string => text.replaceAll('@size', '@listSize').replaceAll('@weight', '@cost');
const engine = engineOf('"@cost", "@listSize"', plain);

function costOf(query: string, variables: Record<string, unknown> = {}, by = engine): number {
  const operation = by.prepare(query);
  if ('errors' in operation) throw new Error(operation.errors[0]?.message);
  return operation.cost(variables);
}

test.each<readonly [string, number, string, Record<string, unknown>?]>([
  ['nothing but a name', 1, '{ __typename }'],
  ['a scalar', 1, '{ leaf }'],
  ['an object', 1, '{ item { id } }'],
  ['objects in objects', 3, '{ item { parent { parent { id } } } }'],
  ['lists of scalars are for nothing', 1, '{ item { tags } }'],
  ['a list of which nothing is said', 10, '{ items { id } }'],
  ['what a list holds is multiplied', 20, '{ items { parent { id } } }'],
  ['a connection by its default', 41, '{ page { edges { node { id } } } }'],
  ['a connection by what is asked for', 11, '{ page(first: 5) { edges { node { id } } } }'],
  ['a connection backwards', 7, '{ page(last: 3, first: null) { edges { node { id } } } }'],
  [
    'the larger of two numbers',
    19,
    '{ page(first: 2, last: 9) { nodes { id } edges { node { id } } } }'.replace('nodes { id } ', ''),
  ],
  ['edges and nodes, each', 31, '{ page(first: 10) { edges { node { id } } nodes { id } } }'],
  [
    'a connection in a connection',
    1 + 5 * (1 + 1 + 1 + 3 * 2),
    '{ page(first: 5) { edges { node { children(first: 3) { edges { node { id } } } } } } }',
  ],
  ['a list with an assumed size', 3, '{ sizes { id } }'],
  ['an assumed size and a number', 30, '{ sizes(first: 30) { id } }'],
  ['arguments that the contract names', 6, '{ asked(count: 6) { id } }'],
  ['the largest of those that are given', 8, '{ asked(count: 6, most: 8) { id } }'],
  ['nothing said where something could be', 4, '{ asked { id } }'],
  ['lists of the object that the contract names', 1 + 8, '{ rows(count: 8) { rows { id } } }'],
  ['lists beside the one that is meant', 1 + 8 + 1, '{ rows(count: 8) { rows { id } others { id } } }'],
  ['a field with a weight', 100, '{ dear }'],
  ['an argument with a weight', 107, '{ dear(text: "") }'],
  ['a type with a weight', 51, '{ item { heavy { id } } }'],
  ['alternatives, all of them', 2 * (1 + 1 + 50), '{ any { ... on Item { parent { id } heavy { id } } } }'],
  ['an alias, each', 2, '{ a: item { id } b: item { id } }'],
  [
    'a fragment, as often as it is spread',
    4,
    '{ ...f a: item { parent { id } } } fragment f on Query { item { ...g } } fragment g on Item { parent { id } }',
  ],
  ['a mutation', 11, 'mutation { change { id } }'],
  ['the whole schema', 100, '{ __schema { types { name } } }'],
  ['what is left out', 1, '{ item @skip(if: true) { id } leaf }'],
  ['a variable', 30, 'query($n: Int) { sizes(first: $n) { id } }', { n: 30 }],
  ['the default of a variable', 12, 'query($n: Int = 12) { sizes(first: $n) { id } }'],
  ['a variable that is null', 3, 'query($n: Int) { sizes(first: $n) { id } }', { n: null }],
  ['a variable that is missing', 41, 'query($n: Int) { page(first: $n) { edges { node { id } } } }'],
  [
    'a variable in a connection in a connection',
    1 + 5 * (1 + 1 + 1 + 7 * 2),
    'query($a: Int, $b: Int) { page(first: $a) { edges { node { children(first: $b) { edges { node { id } } } } } } }',
    { a: 5, b: 7 },
  ],
  [
    'a condition that does not hold',
    1,
    'query($c: Boolean!) { item @include(if: $c) { parent { id } } }',
    { c: false },
  ],
  [
    'a condition that holds',
    2,
    'query($c: Boolean!) { item @include(if: $c) { parent { id } } }',
    { c: true },
  ],
  ['a number that is less than none', 1, 'query($n: Int) { sizes(first: $n) { id } }', { n: -5 }],
  [
    'what pays nothing for something else',
    30,
    'query($n: Int) { sizes(first: $n) { id } b: sizes(first: 30) { id } }',
    { n: -1000 },
  ],
  ['variables that are no numbers', 3, 'query($n: Int) { sizes(first: $n) { id } }', { n: '30' }],
])('the cost of %s is %i', (_what, cost, query, variables = {}) => {
  expect(costOf(query, variables)).toBe(cost);
});

test('a supergraph may call the directives as it likes, or not have them', () => {
  const named = engineOf('{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }');
  expect([costOf('{ dear }', {}, named), costOf('{ sizes { id } }', {}, named)]).toEqual([100, 3]);
  const none = engineOf('"@key"', (text) => text.replaceAll(/@(size|weight)\([^)]*\)/g, ''));
  expect([costOf('{ dear }', {}, none), costOf('{ sizes { id } }', {}, none)]).toEqual([1, 10]);
});

test('fragments that multiply are counted in no more time than it takes to read them', () => {
  const levels = 12;
  const chain = Array.from(
    { length: levels },
    (_, i) => `fragment f${i + 1} on Item { ...f${i} ...f${i} }`,
  ).join(' ');
  const query = `query($n: Int) { items { ...f${levels} } } fragment f0 on Item { children(first: $n) { total } } ${chain}`;
  const operation = engine.prepare(query) as Operation;
  expect(operation.cost({ n: 5 })).toBe(10 * (1 + 2 ** levels));
});
