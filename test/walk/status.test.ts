import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { bothWays, type Answered } from './houses.ts';

const find = `query ($name: String!) { customers(first: 1, filter: { name: $name }) { edges { node {
  id lifecycleStatus balance { amount } orderBlock collection } } } }`;
const state = `query ($id: ID!) { customer(id: $id) { lifecycleStatus orderBlock collection } }`;
const answer = `write { state receipts { attribute owner outcome } } refusals { code attribute owner current } replayed
  customer { lifecycleStatus orderBlock collection }`;
const change = `mutation ($input: ChangeCustomerStatusInput!) { changeCustomerStatus(input: $input) { ${answer} } }`;
const plan = `query ($input: ChangeCustomerStatusInput!) { planCustomerStatus(input: $input) {
  planHash changes { attribute owner wanted unchanged } refusals { code attribute current } } }`;
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { state } refusals { code } } }`;

const told = ({ data, errors }: Answered, field: string): Record<string, never> => {
  expect(errors).toEqual([]);
  return (data as Readonly<Record<string, Record<string, never>>>)[field] ?? {};
};

bothWays((graph) => {
  const customer = async (name: string) => {
    const { edges } = told(await graph().ask(find, { name }), 'customers') as unknown as {
      edges: { node: { id: string; balance: { amount: string } | null } }[];
    };
    const [edge] = edges;
    if (!edge) throw new Error(`there is no customer ${name}`);
    return edge.node;
  };
  const to = async (id: string, status: string, headers = {}, key: string = randomUUID()) =>
    told(
      await graph().ask(
        change,
        { input: { customerId: id, to: status, reason: 'as asked', idempotencyKey: key } },
        headers,
      ),
      'changeCustomerStatus',
    );
  const shown = async (id: string) => told(await graph().ask(state, { id }), 'customer');

  test('a status takes its effects to every system, back as well, and once for each key', async () => {
    const { id } = await customer('Alfreds Futterkiste');
    const active = { lifecycleStatus: 'ACTIVE', orderBlock: 'NONE', collection: 'ACTIVE' };
    expect(await to(id, 'ACTIVE')).toMatchObject({ refusals: [], customer: active });
    const [input, key] = [{ customerId: id, to: 'SUSPENDED', reason: 'as asked' }, randomUUID()];
    const planned = told(await graph().ask(plan, { input }), 'planCustomerStatus');
    expect(planned).toMatchObject({ refusals: [], changes: [{}, {}, {}] });
    expect(await shown(id)).toEqual(active);
    const suspended = await to(id, 'SUSPENDED', {}, key);
    expect(suspended).toMatchObject({
      ...{ refusals: [], replayed: false },
      write: { state: 'SUCCEEDED' },
      customer: {
        ...{ lifecycleStatus: 'SUSPENDED', orderBlock: 'ORDERS_AND_DELIVERIES', collection: 'PAUSED' },
      },
    });
    expect(await to(id, 'SUSPENDED', {}, key)).toMatchObject({
      replayed: true,
      write: { state: 'SUCCEEDED' },
    });
    expect(await to(id, 'ACTIVE', {}, key)).toMatchObject({
      ...{ write: null, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] },
    });
    expect(await to(id, 'ACTIVE')).toMatchObject({ customer: active });
  });

  test('what does not follow, and what a guard stands against, is refused with its evidence and has no effect', async () => {
    const { id, balance } = await customer('Alfreds Futterkiste');
    const before = await shown(id);
    expect(await to(id, 'PROSPECT')).toMatchObject({
      write: null,
      refusals: [{ code: 'TRANSITION_NOT_ALLOWED', attribute: 'lifecycleStatus', current: 'ACTIVE' }],
    });
    expect(Number(balance?.amount)).toBeGreaterThan(0);
    expect(await to(id, 'CLOSED')).toMatchObject({
      write: null,
      refusals: [{ code: 'GUARD_FAILED', owner: 'BILLING', attribute: 'balance', current: balance }],
    });
    const blocked = { customerId: id, idempotencyKey: randomUUID(), changes: { creditStatus: 'BLOCKED' } };
    told(await graph().ask(update, { input: blocked }), 'updateCustomer');
    expect(await to(id, 'ON_HOLD')).toMatchObject({ refusals: [], customer: { orderBlock: 'ORDERS' } });
    const refused = { code: 'GUARD_FAILED', owner: 'ERP', attribute: 'creditStatus', current: 'BLOCKED' };
    expect(await to(id, 'ACTIVE')).toMatchObject({ write: null, refusals: [refused] });
    // Who may not read the evidence is refused all the same, without it.
    const blind = { 'x-principal': 'ann', 'x-scopes': 'customer:read customer:write:status' };
    const { data } = await graph().ask(
      `mutation ($input: ChangeCustomerStatusInput!) { changeCustomerStatus(input: $input) {
         write { state } refusals { code current } } }`,
      { input: { customerId: id, to: 'ACTIVE', reason: 'x', idempotencyKey: randomUUID() } },
      blind,
    );
    expect(data?.changeCustomerStatus).toEqual({
      ...{ write: null, refusals: [{ code: 'GUARD_FAILED', current: null }] },
    });
    expect(await shown(id)).toEqual({ ...before, lifecycleStatus: 'ON_HOLD', orderBlock: 'ORDERS' });
  });

  test('nobody changes a status without its scope, nor by updateCustomer', async () => {
    const { id } = await customer('Around the Horn');
    const { data } = await graph().ask(
      `mutation ($input: ChangeCustomerStatusInput!) { changeCustomerStatus(input: $input) { refusals { code } } }`,
      { input: { customerId: id, to: 'ON_HOLD', reason: 'x', idempotencyKey: randomUUID() } },
      { 'x-principal': 'bob', 'x-scopes': 'customer:read customer:write:sales' },
    );
    expect(data?.changeCustomerStatus).toEqual({ refusals: [{ code: 'NOT_PERMITTED' }] });
    const input = { customerId: id, idempotencyKey: randomUUID(), changes: { lifecycleStatus: 'CLOSED' } };
    const unknown = await graph().ask(update, { input });
    expect({ data: unknown.data, errors: unknown.errors.length }).toEqual({ data: undefined, errors: 1 });
    expect(await shown(id)).not.toMatchObject({ lifecycleStatus: 'CLOSED' });
  });
});
