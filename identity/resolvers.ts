import type { RequestContext } from '../runtime/context.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type {
  CustomerConnectionResolvers,
  CustomerResolvers,
  QueryCustomersArgs,
  QueryResolvers,
  Resolvers as ContractResolvers,
} from '../schema/generated/identity.ts';
import { allowMatch, allowSearch } from './clearance.ts';
import type { Identity } from './identity.ts';
import { sharedIdentifiers } from './matching/compare.ts';
import { described } from './matching/described.ts';
import type { Match } from './matching/match.ts';
import type { CustomerPage } from './search.ts';
import { isOfRecord, recordType } from './systems.ts';

/** The contract's resolvers, but for a page that counts its list only when it is asked to. */
type IdentityResolvers = Omit<ContractResolvers, 'Query' | 'CustomerConnection'> & {
  readonly Query: Omit<QueryResolvers, 'customers'> & {
    customers(parent: unknown, asked: QueryCustomersArgs, context: RequestContext): Promise<CustomerPage>;
  };
  readonly CustomerConnection: Omit<CustomerConnectionResolvers, 'totalCount'> & {
    totalCount(page: CustomerPage): Promise<number>;
  };
  readonly Customer: CustomerResolvers;
};

const shown = ({ id, ...match }: Match) => ({
  customer: { id },
  sharedIdentifiers: sharedIdentifiers(match.reasons),
  ...match,
});

/** Identity's part of the graph, ready to be built into a schema with `schema.graphql`. */
export function identitySubgraph({ loadersOf, rowsOf, search, duplicates, matches }: Identity): {
  readonly name: string;
  readonly resolvers: Resolvers;
} {
  return {
    name: 'identity',
    resolvers: {
      Query: {
        customer: (_, { id }, context) => loadersOf(context).registration(id),
        customerBy: (_, { system, key }, context) => loadersOf(context).holder({ system, key }),
        async customers(_, asked, context) {
          allowSearch(asked, context.principal);
          const page = await search(asked, rowsOf(context));
          loadersOf(context).prime(page.edges.map(({ node }) => node));
          return page;
        },
        async matchCustomers(_, { input }, context) {
          allowMatch(input, context.principal);
          return (await matches(described(input), { rows: rowsOf(context) })).map(shown);
        },
      },
      CustomerConnection: { totalCount: (page) => page.totalCount() },
      Customer: {
        // A reference says everything that is needed; whether the customer exists is seen by the attributes asked for.
        __resolveReference: ({ id }) => ({ id }),
        registeredAt: async ({ id }, _, context) =>
          (await loadersOf(context).registration(id))?.registeredAt ?? null,
        async records({ id }, _, context) {
          const found = await loadersOf(context).registration(id);
          return (found?.records ?? []).filter(isOfRecord).map((record) => ({
            __typename: recordType(record.system),
            ...record,
          }));
        },
        async mergedInto({ id }, _, context) {
          const found = await loadersOf(context).registration(id);
          return found && found.id !== id.toLowerCase() ? { id: found.id } : null;
        },
        async possibleDuplicates({ id }, _, context) {
          const found = await loadersOf(context).registration(id);
          return found ? (await duplicates(context, found.id)).map(shown) : [];
        },
      },
      SystemRecord: { __resolveType: ({ __typename }) => __typename ?? null },
    } satisfies IdentityResolvers,
  };
}
