import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { bothWays, type Graph } from './houses.ts';

const alfreds = /* GraphQL */ `
  {
    customers(first: 1, filter: { name: "Alfreds Futterkiste" }) {
      edges {
        node {
          id
          name
          contacts(first: 1) {
            edges {
              node {
                name
              }
            }
          }
          legalEntity {
            registeredName
            country
          }
          paymentTerms {
            netDays
          }
          billingAddress {
            city
          }
          balance {
            amount
            currency
          }
          invoices(first: 2) {
            totalCount
            edges {
              node {
                number
                total {
                  amount
                }
              }
            }
          }
        }
      }
    }
  }
`;

bothWays((graph) => {
  afterEach(() => {
    for (const name of ['crm', 'erp', 'billing'] as const) graph().sandbox(name).faults.set([]);
  });

  test('one query gives a customer out of three systems', async () => {
    const { status, data, errors } = await graph().ask(alfreds);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data).toEqual({
      customers: {
        edges: [
          {
            node: {
              id: expect.any(String),
              name: 'Alfreds Futterkiste',
              contacts: { edges: [{ node: { name: 'Maria Anders' } }] },
              legalEntity: { registeredName: 'Alfreds Futterkiste', country: 'DE' },
              paymentTerms: { netDays: 30 },
              billingAddress: { city: 'Berlin' },
              balance: { amount: '934.71', currency: 'USD' },
              invoices: {
                totalCount: 6,
                edges: [
                  { node: { number: 'NW-11011', total: { amount: '934.71' } } },
                  { node: { number: 'NW-10952', total: { amount: '511.62' } } },
                ],
              },
            },
          },
        ],
      },
    });
  });

  test('a system that never answers gives nulls with its name, and the rest within the deadline', async () => {
    graph()
      .sandbox('erp')
      .faults.set([{ kind: 'blackHole' }]);
    const { status, data, errors } = await graph().ask(alfreds);
    expect(status).toBe(200);
    expect(data).toMatchObject({
      customers: {
        edges: [
          {
            node: {
              name: 'Alfreds Futterkiste',
              legalEntity: null,
              paymentTerms: null,
              billingAddress: null,
              balance: { amount: '934.71' },
            },
          },
        ],
      },
    });
    expect(errors.map(({ path, extensions }) => [path?.at(-1), extensions.code, extensions.system])).toEqual([
      ['legalEntity', 'SYSTEM_UNAVAILABLE', 'erp'],
      ['paymentTerms', 'SYSTEM_UNAVAILABLE', 'erp'],
      ['billingAddress', 'SYSTEM_UNAVAILABLE', 'erp'],
    ]);
  });

  test('a system that limits the rate says when to come back', async () => {
    graph()
      .sandbox('billing')
      .faults.set([{ kind: 'throttle', retryAfter: 1 }]);
    const query = '{ customers(first: 1) { edges { node { name dunningState } } } }';
    const { data, errors } = await graph().ask(query);
    expect(data).toHaveProperty('customers.edges.0.node', { name: expect.any(String), dunningState: null });
    expect(errors).toMatchObject([
      {
        path: ['customers', 'edges', 0, 'node', 'dunningState'],
        extensions: { code: 'RATE_LIMITED', system: 'billing', retryAfter: expect.any(Number) },
      },
    ]);
    graph().sandbox('billing').faults.set([]);
    await until(async () => (await graph().ask(query)).errors.length === 0);
  });

  test('a list of customers costs each system one call', async () => {
    for (const name of ['crm', 'erp', 'billing'] as const) graph().sandbox(name).resetCalls();
    const { data, errors } = await graph().ask(
      '{ customers(first: 50) { edges { node { name segment creditLimit { amount } taxClassification balance { amount } } } } }',
    );
    expect(errors).toEqual([]);
    expect(data?.customers).toHaveProperty('edges.length', 50);
    const reads = (['crm', 'erp', 'billing'] as const).map((name) => readsOf(graph(), name));
    expect(reads).toEqual([1, 1, 1]);
  });

  test.each(readdirSync('examples').filter((file) => !file.includes('hear')))(
    'the example %s is answered without an error',
    async (file) => {
      const [customer] = (await graph().store.identity.search({ first: 1, filter: { name: 'Wolski' } }))
        .edges;
      const variables = { customerId: customer?.node.id };
      const { data, errors } = await graph().ask(readFileSync(`examples/${file}`, 'utf8'), variables);
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).toContain('"name":"');
      expect(JSON.stringify(data)).not.toContain('"refusals":[{');
    },
  );

  test('what a system says of its record is read from the system', async () => {
    const { data, errors } = await graph().ask(
      '{ customers(first: 1, filter: { name: "Alfreds" }) { edges { node { records { system key version updatedAt } } } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toHaveProperty('customers.edges.0.node.records', [
      { system: 'BILLING', key: expect.stringMatching(/^cus_/), version: '1', updatedAt: expect.any(String) },
      { system: 'CRM', key: expect.stringMatching(/^001/), version: '"v1"', updatedAt: expect.any(String) },
      {
        system: 'ERP',
        key: expect.stringMatching(/^\d{10}$/),
        version: 'W/"1"',
        updatedAt: expect.any(String),
      },
    ]);
  });

  test('a page that was given is not given again, and none is left out', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data, errors } = await graph().ask(
        'query ($after: String) { customers(first: 20, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      expect(errors).toEqual([]);
      const page = data?.customers as unknown as {
        edges: { node: { id: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push(...page.edges.map(({ node }) => node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(91);
    expect(new Set(seen).size).toBe(91);
  });

  test('an unknown id is null, not an error', async () => {
    const ids = ['0190a3c0-0000-7000-8000-000000000000', 'nonsense', ''];
    for (const id of ids) {
      const { data, errors } = await graph().ask('query ($id: ID!) { customer(id: $id) { id name } }', {
        id,
      });
      expect({ data, errors }).toEqual({ data: { customer: null }, errors: [] });
    }
  });

  test.each([
    ['{ customers(first: 101) { totalCount } }', 'PAGE_SIZE_EXCEEDED'],
    ['{ customers(first: 0) { totalCount } }', 'BAD_USER_INPUT'],
    ['{ customers(after: "bm9uZQ") { totalCount } }', 'INVALID_CURSOR'],
    [
      '{ customers(first: 1) { edges { node { contacts(first: 101) { totalCount } } } } }',
      'PAGE_SIZE_EXCEEDED',
    ],
    [
      '{ customers(first: 1) { edges { node { invoices(after: "bm9uZQ") { totalCount } } } } }',
      'INVALID_CURSOR',
    ],
    [
      '{ customers(first: 1) { edges { node { taxRegistrations(after: "!") { totalCount } } } } }',
      'INVALID_CURSOR',
    ],
    ['{ customers(filter: { country: "Germany" }) { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ nobody }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ customers(first: "many") { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 'GRAPHQL_PARSE_FAILED'],
  ])('%s is refused with %s', async (query, code) => {
    const { errors } = await graph().ask(query);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
  });

  test('a change made directly in the CRM is found by its new name', async () => {
    const crm = graph().sandbox('crm');
    const { data } = await graph().ask(
      '{ customers(first: 1, filter: { name: "Bon app" }) { edges { node { id records { system key } } } } }',
    );
    const edges = data?.customers as unknown as {
      edges: { node: { id: string; records: { system: string; key: string }[] } }[];
    };
    const node = edges.edges[0]?.node;
    const key = node?.records.find(({ system }) => system === 'CRM')?.key ?? '';
    const path = `/services/data/v1/sobjects/Account/${key}`;
    const call = { signal: AbortSignal.timeout(5000), correlationId: 'test' };
    const before = await crm.wire({ method: 'GET', path }, call);
    await crm.wire({ method: 'PATCH', path, body: { Name: 'Zephyr Quatre-Vents' } }, call);
    const query = '{ customers(filter: { name: "zephyr quatre" }) { edges { node { id name } } } }';
    const found = JSON.stringify({ edges: [{ node: { id: node?.id, name: 'Zephyr Quatre-Vents' } }] });
    await until(async () => JSON.stringify((await graph().ask(query)).data?.customers) === found);
    await crm.wire({ method: 'PATCH', path, body: { Name: (before.body as { Name: string }).Name } }, call);
  });
});

/** Asks again until it is so; the test's own time limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setImmediate();
}

/** Calls that read records, as the system itself counts them; its feed is polled as well. */
function readsOf(graph: Graph, name: 'crm' | 'erp' | 'billing'): number {
  const feeds = /updated|related|events|A_BusinessPartner$/;
  const calls = Object.entries(graph.sandbox(name).calls()).filter(([route]) => !feeds.test(route));
  return calls.reduce((sum, [, count]) => sum + count, 0);
}
