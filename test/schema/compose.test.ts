import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { compose } from '../../schema/compose.ts';
import { accessOfFields, attributesOf } from '../../schema/governance.ts';
import { orderContracts, type Variation } from './fixtures.ts';

const note = `"A remark." note: String @owner(system: SHOP)
  @governed(write: ["order:write"], approve: ["boss"], confirm: ASYNC, copiedTo: [DEPOT])
  @requiresScopes(scopes: [["order:read"]])
  @deprecated(reason: "Use \`number\`.")`;

test('ownership survives composition and reads back as it was declared', () => {
  const attributes = attributesOf(supergraph({ attributes: note }));
  expect(attributes.map(({ name, owner, subgraph }) => [name, owner, subgraph])).toEqual([
    ['id', 'IDENTITY', 'identity'],
    ['sentAt', 'DEPOT', 'depot'],
    ['number', 'SHOP', 'shop'],
    ['note', 'SHOP', 'shop'],
  ]);
  expect(attributes.at(-1)).toEqual({
    entity: 'Order',
    name: 'note',
    type: 'String',
    owner: 'SHOP',
    subgraph: 'shop',
    description: 'A remark.',
    connection: false,
    deprecated: 'Use `number`.',
    read: { authenticated: false, scopes: [['order:read']], policies: [] },
    write: { scopes: ['order:write'], approve: ['boss'], confirm: 'ASYNC', copiedTo: ['DEPOT'] },
  });
});

test('what a type asks for is asked of every field that leads to it', () => {
  const access = accessOfFields(
    supergraph({
      attributes: '"A gift." gift: Gift @owner(system: SHOP) @requiresScopes(scopes: [["order:read"]])',
      types:
        '"A gift." type Gift @requiresScopes(scopes: [["gift:read"], ["boss"]]) { "Words." card: String }',
    }),
  );
  const gift = { authenticated: false, policies: [] };
  expect(access.get('Order.gift')).toEqual({
    ...gift,
    scopes: [
      ['gift:read', 'order:read'],
      ['boss', 'order:read'],
    ],
  });
  expect(access.get('Gift.card')).toEqual({ ...gift, scopes: [['gift:read'], ['boss']] });
  expect(access.get('Query.order')).toEqual({ authenticated: true, scopes: [], policies: [] });
});

test('the public schema holds nothing internal', () => {
  const result = compose(orderContracts({ attributes: '"A key." shopKey: String @inaccessible' }));
  expect(result).not.toHaveProperty('problems');
  expect('api' in result && result.api).not.toMatch(/shopKey|join__|@key|requiresScopes/);
  expect('api' in result && parse(result.api).kind).toBe('Document');
});

test.each([
  [
    'an unknown type',
    { attributes: '"A remark." note: Remark' },
    'subgraphs/shop/schema.graphql',
    8,
    'INVALID_GRAPHQL',
  ],
  [
    'an unknown directive',
    { attributes: '"A remark." note: String @secret' },
    'subgraphs/shop/schema.graphql',
    8,
    'INVALID_GRAPHQL',
  ],
  [
    'a field given by two systems',
    { attributes: '"When." sentAt: DateTime' },
    'subgraphs/depot/schema.graphql',
    7,
    'INVALID_FIELD_SHARING',
  ],
  [
    'a field of two types',
    { attributes: '"When." sentAt: Int' },
    'subgraphs/depot/schema.graphql',
    7,
    'FIELD_TYPE_MISMATCH',
  ],
])('%s is reported with its place', (_, variation, file, line, code) => {
  const result = compose(orderContracts(variation));
  expect('problems' in result && result.problems[0]).toMatchObject({ file, line, code });
});

function supergraph(variation: Variation): string {
  const result = compose(orderContracts(variation));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.supergraph;
}
