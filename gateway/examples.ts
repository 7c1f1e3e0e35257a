import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../identity/index.ts';
import type { Example } from './server.ts';

/**
 * The operations that the query page opens with; those about one customer with a customer that there is, where whoever opens
 * the page may know him.
 */
export async function examplesIn(
  folder: string,
  identity: Pick<Identity, 'search'> | undefined,
): Promise<readonly Example[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const [customer] = (await identity?.search({ first: 1 }))?.edges ?? [];
  return files.sort().map((file) => {
    const query = readFileSync(join(folder, file), 'utf8');
    const asks = customer && query.includes('$customerId');
    return asks ? { query, variables: { customerId: customer.node.id } } : { query };
  });
}
