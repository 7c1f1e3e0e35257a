import { expect } from '@jest/globals';
import { graphql } from 'graphql';
import { readFile } from 'node:fs/promises';
import { requestContext } from '../../runtime/context.ts';
import { buildSubgraph, type Resolvers } from '../../runtime/subgraph.ts';

/** Asks a system's subgraph for customers by their ids in the graph; refuses an answer with errors. */
export async function customersFrom(name: string, resolvers: Resolvers) {
  const files = ['schema/link.graphql', 'schema/governance.graphql', 'schema/scalars.graphql'];
  const sdl = await Promise.all(
    [...files, `subgraphs/${name}/schema.graphql`].map((file) => readFile(file, 'utf8')),
  );
  const schema = buildSubgraph([...sdl, 'enum System { BILLING CRM ERP IDENTITY }'].join('\n'), resolvers);
  return async (ids: readonly string[], selection: string): Promise<unknown[]> => {
    const { data, errors } = await graphql({
      schema,
      source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { ${selection} } } }`,
      variableValues: { of: ids.map((id) => ({ __typename: 'Customer', id })) },
      contextValue: requestContext({ timeout: 10_000, signal: new AbortController().signal }),
    });
    expect(errors).toBeUndefined();
    return (data as { _entities: unknown[] })._entities;
  };
}
