import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { group } from './accounts.ts';
import { openGraph, until, type Graph } from './house.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph();
});
afterAll(() => graph.close());

const workflow = `id state stage customer { id } ending { code duplicateOf { id } } compliance { taxRegime }
  question { kind fields { field code } candidates { customer { id } same } scopes about system }
  timeline { event by } writes { state steps { system kind state } }`;

interface Stood {
  readonly id: string;
  readonly lifecycleStatus: string;
  readonly records: readonly { readonly system: string; readonly key: string }[];
  readonly workItems: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly kind: string } }[];
  };
  readonly workflows: { readonly edges: readonly { readonly node: Flow }[] };
}
interface Flow {
  readonly id: string;
  readonly state: string;
  readonly stage: string;
  readonly question: {
    readonly kind: string;
    readonly candidates?: readonly { readonly same: boolean; readonly customer: { readonly id: string } }[];
  } | null;
  readonly timeline: readonly { readonly event: string }[];
}

async function standing(key: string): Promise<Stood | null> {
  const query = `query ($key: String!) { customerBy(system: CRM, key: $key) { id lifecycleStatus records { system key }
    workItems { edges { node { id kind } } } workflows { edges { node { ${workflow} } } } } }`;
  return (await graph.ask(query, { key })).customerBy as Stood | null;
}

/** The customer of an account, once its workflow stands so. */
function once(key: string, ...states: string[]): Promise<Stood> {
  return until(async () => {
    const customer = await standing(key);
    const state = customer?.workflows.edges[0]?.node.state;
    return state !== undefined && states.includes(state) ? customer : null;
  });
}

/** How often each system itself wrote down that it made a record. */
async function made(): Promise<Record<string, number>> {
  const rows = await graph.store.db.query<{ entity: string; count: number }>(
    `select entity, count(*)::int as count from sandbox_history where kind = 'CREATE' group by 1`,
  );
  return Object.fromEntries(rows.map(({ entity, count }) => [entity, count]));
}

const decide = (id: string, fields: string, headers = {}) =>
  graph.ask(`mutation { ${fields.replace('$id', JSON.stringify(id))} }`, {}, headers);

test('a multinational group entered in the CRM is active in three systems without another hand, though the ERP is down', async () => {
  const erp = graph.house.sandboxes.find(({ name }) => name === 'erp');
  erp?.faults.set([{ kind: 'unavailable', retryAfter: 0 }]);
  const keys: string[] = [];
  for (const company of group) {
    const AccountId = await graph.account({ ...company, ParentId: keys[0] ?? null });
    keys.push(AccountId);
    const contact = {
      AccountId,
      Name: 'Ada Example',
      Roles__c: ['Buyer'],
      MailingCountryCode: company.BillingCountryCode,
    };
    await graph.system('crm', { method: 'POST', path: '/services/data/v1/sobjects/Contact', body: contact });
  }
  for (const key of keys) {
    await until(async () => (await standing(key))?.workflows.edges[0]?.node.stage === 'ERP_CUSTOMER');
  }
  expect(await graph.metrics()).toContain('customers_pending_erp_creation 4');
  erp?.faults.set([]);
  const customers = await Promise.all(keys.map((key) => once(key, 'SUCCEEDED', 'PARKED', 'FAILED')));
  expect(customers.map(({ lifecycleStatus }) => lifecycleStatus)).toEqual(keys.map(() => 'ACTIVE'));
  for (const { records, workflows } of customers) {
    expect(records.map(({ system }) => system).sort()).toEqual(['BILLING', 'CRM', 'ERP']);
    expect(workflows.edges).toHaveLength(1);
  }
  expect(new Set(customers.map(({ id }) => id)).size).toBe(4);
  expect(await made()).toMatchObject({ crm_account: 4, erp_business_partner: 4, billing_customer: 4 });
  await until(async () =>
    (await graph.metrics()).includes('customer_creation_to_billable_seconds_count 4\n'),
  );
});

test('the same company entered again, with another spelling, is asked about and has no second billing account', async () => {
  const before = await made();
  const key = await graph.account({
    ...group[1],
    Name: 'AURELIA INSTRUMENTS FRANCE',
    BillingStreet: '4, Rue de la Manufacture',
    BillingCity: 'LYON',
    Tax_Id__c: 'FR 40 303 265 045',
  });
  const customer = await once(key, 'PARKED');
  const flow = customer.workflows.edges[0]?.node;
  expect(flow?.question).toMatchObject({
    kind: 'DUPLICATE',
    candidates: expect.arrayContaining([expect.objectContaining({ same: true })]),
  });
  const item = customer.workItems.edges.find(({ node }) => node.kind === 'ONBOARDING_QUESTION')?.node;
  const decision = `decideWorkItem(input: { id: $id, decision: SAME, reason: "seen", idempotencyKey: "k1" }) { refusals { code } }`;
  expect(await decide(item?.id ?? '', decision)).toEqual({ decideWorkItem: { refusals: [] } });
  const ended = await once(key, 'FAILED');
  expect(ended.workflows.edges[0]?.node).toMatchObject({ ending: { code: 'DUPLICATE_CUSTOMER' } });
  expect(await made()).toEqual({ ...before, crm_account: (before.crm_account ?? 0) + 1 });
  // The two are not left as two: stewards are asked to make them one, two people as always.
  const asked = ended.workItems.edges.find(({ node }) => node.kind === 'POSSIBLE_DUPLICATE')?.node.id ?? '';
  expect(await decide(asked, decision.replace('k1', 'k2'))).toEqual({ decideWorkItem: { refusals: [] } });
  const agree = 'approveDecision(id: $id) { refusals { code } }';
  expect(await decide(asked, agree, { 'x-principal': 'boss', 'x-scopes': '*' })).toEqual({
    approveDecision: { refusals: [] },
  });
  const other = flow?.question?.candidates?.find(({ same }) => same)?.customer.id;
  await until(async () => {
    const found = await graph.ask('query ($id: ID!) { customer(id: $id) { id } }', { id: customer.id });
    return (found.customer as { id: string }).id === other;
  });
});

test('what is missing is asked for exactly, and goes on by itself once it is mended in the CRM', async () => {
  const key = await graph.account({
    Name: 'Borealis Paper',
    BillingCountryCode: 'AT',
    BillingStreet: 'Ring 1',
    BillingCity: 'Wien',
  });
  const parked = await once(key, 'PARKED');
  expect(parked.workflows.edges[0]?.node.question).toMatchObject({
    kind: 'FIELDS',
    fields: [
      { field: 'billingAddress.postalCode', code: 'MISSING' },
      { field: 'taxRegistrations', code: 'MISSING' },
    ],
  });
  const path = `/services/data/v1/sobjects/Account/${key}`;
  const mend = (body: object) => graph.system('crm', { method: 'PATCH', path, body });
  await mend({ BillingPostalCode: '1010', Tax_Id__c: 'ATU12345678' });
  await until(async () => {
    const question = (await standing(key))?.workflows.edges[0]?.node.question as {
      fields: { code: string }[];
    } | null;
    return question?.fields.some(({ code }) => code === 'INVALID_VALUE');
  });
  await mend({ Tax_Id__c: 'ATU13585627' });
  const done = await once(key, 'SUCCEEDED');
  expect(done.lifecycleStatus).toBe('ACTIVE');
  expect(done.workItems.edges.filter(({ node }) => node.kind === 'ONBOARDING_QUESTION')).toEqual([]);
});

const input = (key: string, more = {}) => ({
  input: {
    idempotencyKey: key,
    country: 'US',
    attributes: {
      name: 'Cascadia Tools',
      billingAddress: {
        lines: ['5 Pine Street'],
        city: 'Seattle',
        region: 'WA',
        postalCode: '98101',
        country: 'US',
      },
      taxRegistrations: [{ country: 'US', kind: 'EIN', number: '941234567' }],
      creditLimit: { amount: '5000.00', currency: 'USD' },
      ...more,
    },
  },
});
const onboard = `mutation ($input: OnboardCustomerInput!) { onboardCustomer(input: $input) {
  workflow { ${workflow} } refusals { code attribute } replayed } }`;
const started = async (asked: ReturnType<typeof input>) =>
  (await graph.ask(onboard, asked)).onboardCustomer as { readonly workflow: Flow };
/** All that a subscriber hears of a workflow until it is over. */
const heardOf = async (id: string) =>
  (
    await fetch(`${graph.house.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: `subscription { customerWorkflowProgress(id: "${id}") { state } }` }),
    })
  ).text();
const flowOf = async (id: string) =>
  (await graph.ask(`query { customerWorkflow(id: "${id}") { ${workflow} } }`)).customerWorkflow as Flow;
const flowOnce = (id: string, state: string) =>
  until(async () => {
    const flow = await flowOf(id);
    return flow.state === state ? flow : null;
  });

test('a limit that is granted waits for a second person, and the same request is the same workflow', async () => {
  const key = randomUUID();
  const first = await started(input(key));
  expect(first).toMatchObject({ refusals: [], replayed: false });
  const { id } = first.workflow;
  expect(await started(input(key))).toMatchObject({
    replayed: true,
    workflow: { id },
  });
  const other = await started(input(key, { name: 'Another' }));
  expect(other).toMatchObject({ workflow: null, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });

  const parked = await flowOnce(id, 'PARKED');
  expect(parked.question).toMatchObject({
    kind: 'APPROVAL',
    about: ['creditLimit'],
    scopes: ['customer:approve:finance'],
  });
  const approve = `answerWorkflow(id: $id, answer: { approve: true, idempotencyKey: "yes" }) { refusals { code } }`;
  expect(await decide(id, approve)).toEqual({ answerWorkflow: { refusals: [{ code: 'SAME_PERSON' }] } });
  const bob = { 'x-principal': 'bob', 'x-scopes': 'customer:onboard' };
  expect(await decide(id, approve, bob)).toEqual({
    answerWorkflow: { refusals: [{ code: 'NOT_PERMITTED' }] },
  });
  const heard = heardOf(id);
  const boss = { 'x-principal': 'boss', 'x-scopes': 'customer:onboard customer:approve:finance' };
  for (let twice = 0; twice < 2; twice++)
    expect(await decide(id, approve, boss)).toEqual({ answerWorkflow: { refusals: [] } });
  const done = await flowOnce(id, 'SUCCEEDED');
  expect(done.timeline.filter(({ event }) => event === 'APPROVED')).toHaveLength(1);
  expect(await heard).toMatch(/PARKED[^]*SUCCEEDED/);
});

test('a workflow that is cancelled leaves nothing in any system', async () => {
  const erp = graph.house.sandboxes.find(({ name }) => name === 'erp');
  erp?.faults.set([{ kind: 'unavailable', retryAfter: 0 }]);
  const attributes = {
    name: 'Dune Foods',
    creditLimit: null,
    taxRegistrations: [{ country: 'US', kind: 'EIN', number: '951234566' }],
  };
  const { id } = (await started(input(randomUUID(), attributes))).workflow;
  const there = await until(async () => {
    const flow = (await flowOf(id)) as Flow & { customer: { id: string } | null };
    return flow.stage === 'ERP_CUSTOMER' && flow.customer ? flow.customer.id : null;
  });
  await decide(id, 'cancelWorkflow(id: $id, reason: "changed our mind") { refusals { code } }');
  expect((await flowOnce(id, 'CANCELLED')).timeline.map(({ event }) => event)).toContain('UNDONE');
  erp?.faults.set([]);
  const left = await graph.ask(`query { customer(id: "${there}") { records { system } } }`);
  expect(left).toEqual({ customer: { records: [] } });
});
