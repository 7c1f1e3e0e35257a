import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openGraph, until, type Graph } from './house.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph();
});
afterAll(() => graph.close());

const address = {
  lines: ['77 Wharf Road'],
  city: 'Portland',
  region: 'OR',
  postalCode: '97209',
  country: 'US',
};
const company = {
  name: 'Calder & Wray Boatbuilders',
  phone: '+15035550142',
  billingAddress: address,
  taxRegistrations: [{ country: 'US', kind: 'EIN', number: '911144442' }],
};

interface Flow {
  readonly id: string;
  readonly state: string;
  readonly customer: { readonly id: string } | null;
  readonly ending: {
    readonly code: string;
    readonly message: string;
    readonly duplicateOf: { readonly id: string } | null;
  } | null;
}

/** Onboards, and waits for the end. */
async function onboarded(input: object): Promise<Flow> {
  const started = await graph.ask(
    `mutation ($input: OnboardCustomerInput!) {
      onboardCustomer(input: $input) { workflow { id } refusals { code message } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  const { workflow, refusals } = started.onboardCustomer as {
    workflow: { id: string } | null;
    refusals: unknown;
  };
  expect(refusals).toEqual([]);
  return until(async () => {
    const { customerWorkflow } = await graph.ask(
      `query ($id: ID!) { customerWorkflow(id: $id) {
        id state customer { id } question { kind candidates { customer { id } } } ending { code message duplicateOf { id } } } }`,
      { id: workflow?.id },
    );
    const flow = customerWorkflow as Flow;
    return flow.state !== 'RUNNING' && flow;
  });
}

async function changeStatus(customerId: string, to: string): Promise<void> {
  const { changeCustomerStatus } = await graph.ask(
    `mutation ($input: ChangeCustomerStatusInput!) {
      changeCustomerStatus(input: $input) { write { state } refusals { code message } } }`,
    { input: { customerId, to, reason: 'as asked', idempotencyKey: randomUUID() } },
  );
  expect(changeCustomerStatus).toEqual({ write: { state: 'SUCCEEDED' }, refusals: [] });
}

const standing = async (id: string) =>
  (
    await graph.ask(`query ($id: ID!) { customer(id: $id) { lifecycleStatus orderBlock collection } }`, {
      id,
    })
  ).customer;

let first = '';

test('a customer that is onboarded stands as any that was made ACTIVE does, in all systems', async () => {
  const { state, customer } = await onboarded({ country: 'US', attributes: company });
  expect(state).toBe('SUCCEEDED');
  first = customer?.id ?? '';
  expect(await standing(first)).toEqual({
    lifecycleStatus: 'ACTIVE',
    orderBlock: 'NONE',
    collection: 'ACTIVE',
  });
});

const elsewhere = { ...address, lines: ['1 Elm Street'], city: 'Lake Oswego', postalCode: '97035' };

test.each([
  ['telephone', { phone: company.phone, billingAddress: elsewhere }],
  ['address', { billingAddress: address }],
])('who is entered anew with another name is met by its %s alone', async (_, known) => {
  // The register has heard from the systems themselves where the first one is.
  await until(async () => {
    const [row] = await graph.store.db.query<{ known: boolean }>(
      `select phones <> '{}' and addresses <> '{}' as known from identity_customer where id = $1`,
      [first],
    );
    return row?.known;
  });
  const attributes = { name: 'Wray Boatbuilders', segment: 'PUBLIC_SECTOR', ...known };
  const flow = await onboarded({ country: 'US', attributes });
  expect(flow).toMatchObject({
    state: 'PARKED',
    question: { kind: 'DUPLICATE', candidates: [{ customer: { id: first } }] },
  });
  const made = await graph.store.db.query(`select from sandbox_history where kind = 'CREATE'`);
  expect(made).toHaveLength(3);
});

test('a closed customer is refused with what to do instead, and is whole again once that is done', async () => {
  await changeStatus(first, 'CLOSED');
  expect(await standing(first)).toMatchObject({
    orderBlock: 'ORDERS_AND_DELIVERIES',
    collection: 'CLOSED',
  });
  const refused = await onboarded({ customerId: first });
  expect(refused).toMatchObject({ state: 'FAILED', ending: { code: 'NOT_ONBOARDABLE' } });
  expect(refused.ending?.message).toContain('ONBOARDING with changeCustomerStatus');
  await changeStatus(first, 'ONBOARDING');
  const { billingAddress, taxRegistrations } = company;
  const back = await onboarded({ customerId: first, attributes: { billingAddress, taxRegistrations } });
  expect(back).toMatchObject({ state: 'SUCCEEDED' });
  expect(await standing(first)).toEqual({
    lifecycleStatus: 'ACTIVE',
    orderBlock: 'NONE',
    collection: 'ACTIVE',
  });
});
