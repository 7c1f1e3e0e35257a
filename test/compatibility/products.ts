import type { Resolvers } from '../../runtime/subgraph.ts';

/** The data that the tests expect. */
const user = {
  email: 'support@apollographql.com',
  name: 'Jane Smith',
  totalProductsCreated: 1337,
  yearsOfEmployment: 10,
};
const dimensions = { size: 'small', weight: 1, unit: 'kg' };
const deprecated = {
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
  createdBy: user,
};
const research = [
  { study: { caseNumber: '1234', description: 'Federation Study' }, outcome: null },
  { study: { caseNumber: '1235', description: 'Studio Study' }, outcome: null },
];
const products = [
  {
    id: 'apollo-federation',
    sku: 'federation',
    package: '@apollo/federation',
    variation: { id: 'OSS' },
    dimensions,
    research: research.slice(0, 1),
    createdBy: user,
    notes: null,
  },
  {
    id: 'apollo-studio',
    sku: 'studio',
    package: '',
    variation: { id: 'platform' },
    dimensions,
    research: research.slice(1),
    createdBy: user,
    notes: null,
  },
];

interface ProductKey {
  readonly id?: string;
  readonly sku?: string;
  readonly package?: string;
  readonly variation?: { readonly id: string };
}

const product = (key: ProductKey) =>
  products.find((one) => {
    if (key.id !== undefined) return one.id === key.id;
    if (one.sku !== key.sku) return false;
    return key.package === undefined ? one.variation.id === key.variation?.id : one.package === key.package;
  });

/** The subgraph under test. */
export const productsResolvers: Resolvers = {
  Query: {
    product: (_: unknown, key: ProductKey) => product(key),
    deprecatedProduct: (_: unknown, key: { sku: string; package: string }) =>
      key.sku === deprecated.sku && key.package === deprecated.package ? deprecated : null,
  },
  Product: { __resolveReference: product },
  DeprecatedProduct: {
    __resolveReference: (key: { sku: string; package: string }) =>
      key.sku === deprecated.sku && key.package === deprecated.package ? deprecated : null,
  },
  ProductResearch: {
    __resolveReference: ({ study }: { study: { caseNumber: string } }) =>
      research.find((one) => one.study.caseNumber === study.caseNumber),
  },
  User: {
    __resolveReference: (reference: {
      email: string;
      totalProductsCreated?: number;
      yearsOfEmployment?: number;
    }) =>
      reference.email === user.email
        ? {
            ...user,
            ...reference,
            totalProductsCreated: reference.totalProductsCreated ?? user.totalProductsCreated,
          }
        : null,
    averageProductsCreatedPerYear: (it: { totalProductsCreated?: number; yearsOfEmployment: number }) =>
      it.totalProductsCreated === undefined
        ? null
        : Math.round(it.totalProductsCreated / it.yearsOfEmployment),
  },
  Inventory: {
    __resolveReference: ({ id }: { id: string }) => ({ id, deprecatedProducts: [deprecated] }),
  },
};

/** The two subgraphs around it, with the contracts and the data that the package gives them. */
export const usersResolvers: Resolvers = {
  User: {
    __resolveReference: ({ email }: { email: string }) =>
      email === user.email
        ? { email, name: 'Apollo Studio Support', totalProductsCreated: 10, yearsOfEmployment: 10 }
        : null,
  },
};

export const inventoryResolvers: Resolvers = {
  Query: {
    inventory: (_: unknown, { id }: { id: string }) =>
      id === 'apollo-oss' ? { id, products: [{ id: 'apollo-federation' }] } : null,
  },
  Inventory: { __resolveType: () => 'OpenSourceInventory' },
  Product: {
    delivery: ({ dimensions: given }: { dimensions: { size: string; weight: number } }) =>
      given.size === dimensions.size && given.weight === dimensions.weight
        ? { estimatedDelivery: '5/1/2019', fastestDelivery: '5/1/2019' }
        : null,
  },
};
