import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { captureInto, type Draft } from '../../events/index.ts';
import { bothWays } from './houses.ts';

const changed = readFileSync('examples/7-hear-of-changes.graphql', 'utf8');

bothWays((graph) => {
  const begin = (query: string, variables: Record<string, unknown>) => {
    const client = createClient({
      url: graph().url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const results = client.iterate({ query, variables });
    return { results, end: () => client.dispose() };
  };

  test('a change reaches a subscriber with the fields of all systems in one message', async () => {
    const found = await graph().ask(
      '{ customers(first: 1, filter: { name: "Alfreds Futterkiste" }) { edges { node { id } } } }',
    );
    const { customers } = found.data as unknown as { customers: { edges: [{ node: { id: string } }] } };
    const { id } = customers.edges[0].node;
    const { results, end } = begin(changed, { filter: { customerIds: [id], systems: ['ERP'] } });
    const next = results.next();
    const { db } = graph().store;
    let version = 0;
    const draft = (): Draft => ({
      ...{ source: 'FEED', entity: 'Customer', entityId: id, system: 'ERP', key: 'of the test' },
      ...{
        version: String(++version),
        foundVersion: null,
        known: false,
        written: null,
        touched: [],
        since: null,
        cause: null,
      },
      fingerprints: { paymentTerms: String(version) },
    });
    // Whether it hears already is not told over this protocol: it is told something until it does.
    const telling = setInterval(() => void captureInto(db, [draft()]), 50);
    const { value } = (await next) as { value: { data?: unknown; errors?: unknown } };
    clearInterval(telling);
    expect(value).toMatchObject({
      data: {
        customerChanged: {
          system: 'ERP',
          attributes: [{ name: 'paymentTerms', owner: 'ERP' }],
          customer: {
            name: 'Alfreds Futterkiste',
            creditStatus: 'APPROVED',
            balance: { amount: '934.71', currency: 'USD' },
          },
        },
      },
    });
    await end();
  });

  test('how a write comes on is told until it is over', async () => {
    const found = await graph().ask('{ customers(first: 1) { edges { node { id } } } }');
    const { customers } = found.data as unknown as { customers: { edges: [{ node: { id: string } }] } };
    const { data } = await graph().ask(
      `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id } } }`,
      {
        input: {
          customerId: customers.edges[0].node.id,
          idempotencyKey: 'progress',
          changes: { segment: 'RESELLER' },
          wait: 'ACCEPTED',
        },
      },
    );
    const { updateCustomer } = data as unknown as { updateCustomer: { write: { id: string } } };
    const { results, end } = begin(
      'subscription ($id: ID!) { customerWriteProgress(id: $id) { id state customer { id segment } } }',
      updateCustomer.write,
    );
    const told: unknown[] = [];
    for await (const { data: event } of results) told.push(event?.customerWriteProgress);
    expect(told.at(-1)).toMatchObject({ state: 'SUCCEEDED', customer: { segment: 'RESELLER' } });
    await end();
  });
});
