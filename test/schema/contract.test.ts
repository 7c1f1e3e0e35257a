import { expect, test } from '@jest/globals';
import { buildSchema, Kind } from 'graphql';
import { compose } from '../../schema/compose.ts';
import { ownDefinitions } from '../../schema/contract.ts';
import { contractOf, loadContracts } from '../../schema/load.ts';
import { orderContracts, orderFiles, temporaryRoot } from './fixtures.ts';

test('contracts are found by convention, in the order of their names', () => {
  const events = {
    'events/schema.graphql': '# What happened.\ntype Query { "Now." now: DateTime @authenticated }',
  };
  using place = temporaryRoot({
    ...orderFiles(),
    ...events,
    'subgraphs/lens.ts': '',
    'subgraphs/seed/cli.ts': '',
  });
  const found = loadContracts(place.root).map(({ name, system, ofRecord, file }) => ({
    name,
    system,
    ofRecord,
    file,
  }));
  expect(found).toEqual([
    { name: 'depot', system: 'DEPOT', ofRecord: true, file: 'subgraphs/depot/schema.graphql' },
    { name: 'events', system: 'EVENTS', ofRecord: false, file: 'events/schema.graphql' },
    { name: 'identity', system: 'IDENTITY', ofRecord: false, file: 'identity/schema.graphql' },
    { name: 'shop', system: 'SHOP', ofRecord: true, file: 'subgraphs/shop/schema.graphql' },
  ]);
});

test('every contract knows all systems, each described by the first line of its own contract', () => {
  for (const contract of orderContracts()) {
    const systems = contract.document.definitions.find(
      (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'System',
    );
    const values = systems?.kind === Kind.ENUM_TYPE_DEFINITION ? systems.values : [];
    expect(values?.map(({ name, description }) => [name.value, description?.value])).toEqual([
      ['DEPOT', 'The depot: what was sent.'],
      ['IDENTITY', 'The register of orders.'],
      ['SHOP', 'The shop: what was sold.'],
    ]);
  }
});

test('a contract parses as a whole, and knows which definitions are its own', () => {
  using place = temporaryRoot(orderFiles());
  const shop = contractOf('shop', place.root);
  expect(buildSchema(shop.sdl, { assumeValidSDL: true }).getType('Money')).toBeDefined();
  expect(ownDefinitions(shop).map((node) => 'name' in node && node.name.value)).toEqual(['Order']);
});

test.each([
  [
    'a subgraph that is not there',
    {},
    'There is no contract named "bank"; there are: depot, identity, shop.',
  ],
  [
    'a contract that is not SDL',
    { 'subgraphs/bank/schema.graphql': '# The bank.\n\ntype {' },
    'subgraphs/bank/schema.graphql:3: Syntax Error: Expected Name, found "{".',
  ],
  [
    'a folder that cannot name a subgraph',
    { 'subgraphs/Bank_1/schema.graphql': '' },
    'subgraphs/Bank_1/schema.graphql: "Bank_1" cannot name a subgraph; rename its folder to lower-case words joined by hyphens.',
  ],
  [
    'two contracts of one name',
    { 'subgraphs/identity/schema.graphql': '# Another one.\nscalar Other' },
    'subgraphs/identity/schema.graphql: rename its folder, identity/schema.graphql is named "identity" as well.',
  ],
])('%s is refused in one sentence', (_, files, message) => {
  using place = temporaryRoot({ ...orderFiles(), ...files });
  expect(() => contractOf('bank', place.root)).toThrow(
    expect.objectContaining({ code: 'INVALID_CONTRACT', message }),
  );
});

test('every system of record takes part in governed writes under its own name, and no part of the graph does', () => {
  using place = temporaryRoot({ ...orderFiles(), 'subgraphs/old-shop/schema.graphql': '# Old.\nscalar Old' });
  const operations = (name: string) => {
    const { document } = contractOf(name, place.root);
    const roots = document.definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_EXTENSION);
    return roots.flatMap(({ fields = [] }) => fields.map((field) => field.name.value));
  };
  expect(operations('shop')).toEqual(['shopExamine', 'shopInspect', 'shopApply']);
  expect(operations('old-shop')).toEqual(['oldShopExamine', 'oldShopInspect', 'oldShopApply']);
  expect(operations('identity')).toEqual([]);
});

test('what participants are asked is in no public schema, whether or not clients have mutations of their own', () => {
  const mutation = 'type Mutation { "Orders." order(id: ID!): Boolean @authenticated }';
  const published = (files: Readonly<Record<string, string>>) => {
    using place = temporaryRoot({ ...orderFiles(), ...files });
    const composed = compose(loadContracts(place.root));
    if ('problems' in composed) throw new Error(composed.problems.map(({ message }) => message).join());
    expect(composed.supergraph).toContain('shopApply');
    expect(composed.api).not.toMatch(/Participant|Examine|Inspect|Apply|AttributeValues/);
    return composed.api;
  };
  expect(published({})).not.toContain('Mutation');
  expect(published({ 'coordination/schema.graphql': `# Writes.\n${mutation}` })).toContain('type Mutation');
});
