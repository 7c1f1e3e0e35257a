import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { raise } from '../../steward/index.ts';
import { openGraph, until, type Graph } from './house.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph({ ONBOARDING: 'off' });
});
afterAll(() => graph.close());

interface Payload {
  readonly workflow: { readonly id: string } | null;
  readonly refusals: readonly { readonly code: string }[];
}

/** A customer whom the CRM alone has. */
async function customer(body: Readonly<Record<string, unknown>>): Promise<string> {
  const key = await graph.account(body);
  const query = `query ($key: String!) { customerBy(system: CRM, key: $key) { id } }`;
  return until(async () => ((await graph.ask(query, { key })).customerBy as { id: string } | null)?.id);
}

const ofCustomer = `query ($id: ID!) { customer(id: $id) { id name website records { system key }
  contacts { edges { node { name } } } workflows { edges { node { kind state other { id } } } } } }`;

async function over(id: string): Promise<unknown> {
  const query = `query ($id: ID!) { customerWorkflow(id: $id) { kind state stage ending { code } } }`;
  return until(async () => {
    const flow = (await graph.ask(query, { id })).customerWorkflow as { state: string };
    return flow.state !== 'RUNNING' && flow;
  });
}

async function started(mutation: 'mergeCustomers' | 'unmergeCustomers', input: object): Promise<Payload> {
  const type = mutation === 'mergeCustomers' ? 'MergeCustomersInput' : 'UnmergeCustomersInput';
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { workflow { id } refusals { code message } replayed } }`;
  const given = { reason: 'a test', idempotencyKey: randomUUID(), ...input };
  return (await graph.ask(query, { input: given }))[mutation] as Payload;
}

const changesOf = async (id: string) => {
  const query = `query ($id: ID!) { customerChanges(filter: { customerIds: [$id] }) {
    edges { node { kind system customer { id } cause { requestId } } } } }`;
  const { edges } = (await graph.ask(query, { id })).customerChanges as {
    edges: { node: { kind: string; customer: { id: string } } }[];
  };
  return edges.map(({ node }) => node);
};

test('planned, merged and unmerged through the graph: the old id leads to the survivor, subscribers are told, and everything comes back', async () => {
  const survivorId = await customer({ Name: 'Blauer See', Phone: '+49 40 1' });
  const otherId = await customer({ Name: 'Blauer See Delikatessen', Website: 'https://blauersee.example' });
  const before = await graph.ask(ofCustomer, { id: otherId });
  const account = (before.customer as { records: { key: string }[] }).records[0]?.key;
  const contact = { AccountId: account, Name: 'Hanna Moos' };
  await graph.system('crm', { method: 'POST', path: '/services/data/v1/sobjects/Contact', body: contact });
  const plan = `query ($survivorId: ID!, $otherId: ID!) { planMerge(survivorId: $survivorId, otherId: $otherId) {
    planHash survivor { name } other { name } attributes { attribute owner survivorValue otherValue keep written }
    systems { system joining outcome } refusals { code } } }`;
  const { planMerge } = await graph.ask(plan, { survivorId, otherId });
  expect(planMerge).toMatchObject({ survivor: { name: 'Blauer See' }, refusals: [] });
  const { planHash, attributes, systems } = planMerge as {
    planHash: string;
    attributes: unknown;
    systems: unknown;
  };
  expect(attributes).toContainEqual({
    ...{ attribute: 'website', owner: 'CRM', survivorValue: null, otherValue: 'https://blauersee.example' },
    ...{ keep: 'OTHER', written: true },
  });
  expect(systems).toContainEqual({ system: 'CRM', joining: [account], outcome: 'MERGED' });

  const { workflow } = await started('mergeCustomers', { survivorId, otherId, planHash });
  expect(await over(workflow?.id ?? '')).toMatchObject({ kind: 'MERGE', state: 'SUCCEEDED' });
  for (const id of [survivorId, otherId])
    expect((await graph.ask(ofCustomer, { id })).customer).toMatchObject({
      ...{ name: 'Blauer See', website: 'https://blauersee.example' },
      id: survivorId,
      contacts: { edges: [{ node: { name: 'Hanna Moos' } }] },
    });
  const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    followedMerge write { state } refusals { code } } }`;
  const input = { customerId: otherId, idempotencyKey: randomUUID(), changes: { industry: 'Food' } };
  expect((await graph.ask(update, { input })).updateCustomer).toMatchObject({
    ...{ followedMerge: true, refusals: [], write: { state: 'SUCCEEDED' } },
  });
  // Whoever asks for the old id is told of both.
  const told = await until(async () => {
    const found = await changesOf(otherId);
    return found.some(({ kind }) => kind === 'MERGED') && found;
  });
  expect(told.filter(({ kind }) => kind === 'MERGED').map((one) => one.customer.id)).toEqual([
    otherId,
    survivorId,
  ]);

  const parted = await started('unmergeCustomers', { customerId: otherId });
  expect(await over(parted.workflow?.id ?? '')).toMatchObject({ kind: 'UNMERGE', state: 'SUCCEEDED' });
  expect((await graph.ask(ofCustomer, { id: otherId })).customer).toMatchObject({
    ...{ name: 'Blauer See Delikatessen', website: 'https://blauersee.example', id: otherId },
    records: [{ system: 'CRM', key: account }],
    contacts: { edges: [{ node: { name: 'Hanna Moos' } }] },
  });
  expect((await graph.ask(ofCustomer, { id: survivorId })).customer).toMatchObject({
    ...{ name: 'Blauer See', website: null },
    contacts: { edges: [] },
  });
  await until(async () => (await changesOf(otherId)).some(({ kind }) => kind === 'UNMERGED'));
});

test('writes to both while they become one: each is refused and says so, or is there in the end', async () => {
  const [survivorId, otherId] = await Promise.all([
    customer({ Name: 'Königlich' }),
    customer({ Name: 'Königlich Essen' }),
  ]);
  const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    write { id state } refusals { code } } }`;
  const outcomes: { customerId: string; segment: string; code: string }[] = [];
  let merging = true;
  const writer = async (customerId: string) => {
    for (let n = 0; merging || n < 3; n++) {
      const segment = n % 2 === 0 ? 'ENTERPRISE' : 'MID_MARKET';
      const input = { customerId, idempotencyKey: randomUUID(), changes: { segment } };
      const { updateCustomer } = await graph.ask(update, { input });
      const { write, refusals } = updateCustomer as {
        write: { state: string } | null;
        refusals: { code: string }[];
      };
      outcomes.push({ customerId, segment, code: write?.state ?? refusals[0]?.code ?? 'NOTHING' });
    }
  };
  const writers = [survivorId, otherId].map(writer);
  const { workflow } = await started('mergeCustomers', { survivorId, otherId });
  expect(await over(workflow?.id ?? '')).toMatchObject({ state: 'SUCCEEDED' });
  merging = false;
  await Promise.all(writers);
  expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(['SUCCEEDED', 'MERGING']));
  // The account that stays has had as many changes as were told to have succeeded; the CRM itself wrote them down.
  const query = `query ($id: ID!) { customer(id: $id) { segment pendingWrites { edges { node { id } } } } }`;
  const { customer: both } = await graph.ask(query, { id: otherId });
  expect(both).toMatchObject({ pendingWrites: { edges: [] } });
  const history = await graph.store.db.query<{ segment: string }>(
    `select body ->> 'Customer_Segment__c' as segment from sandbox_history
     where wire_key is not null and entity = 'crm_account' order by seq`,
  );
  const written = history.at(-1)?.segment.toUpperCase().replace('-', '_');
  expect((both as { segment: string }).segment).toBe(written);
});

test('a steward who says that two are the same has them become one, the older one staying', async () => {
  const older = await customer({ Name: 'Split Rail Beer' });
  const younger = await customer({ Name: 'Split Rail Beer & Ale' });
  const [lower = '', higher = ''] = [older, younger].sort();
  await graph.store.db.transaction((tx) =>
    raise(tx, {
      ...{ kind: 'POSSIBLE_DUPLICATE', key: `${lower} ${higher}`, entity: 'Customer', evidence: {} },
      ...{ entityIds: [lower, higher], sides: [{ customer: lower }, { customer: higher }] },
    }),
  );
  const who = (principal: string, ...scopes: string[]) => ({
    'x-principal': principal,
    'x-scopes': scopes.join(' '),
  });
  const items = `{ workItems(filter: { kinds: [POSSIBLE_DUPLICATE] }) { edges { node { id } } } }`;
  const { edges } = (await graph.ask(items, {}, who('ann', 'customer:steward'))).workItems as {
    edges: { node: { id: string } }[];
  };
  const input = { id: edges[0]?.node.id, decision: 'SAME', reason: 'one beer', idempotencyKey: 'one' };
  const decide = `mutation ($input: DecideWorkItemInput!) { decideWorkItem(input: $input) { refusals { code } } }`;
  expect((await graph.ask(decide, { input }, who('ann', 'customer:steward'))).decideWorkItem).toEqual({
    refusals: [],
  });
  const approve = `mutation ($id: ID!) { approveDecision(id: $id) { refusals { code } } }`;
  const boss = who('boss', 'customer:steward:approve');
  expect((await graph.ask(approve, { id: input.id }, boss)).approveDecision).toEqual({ refusals: [] });
  await until(async () => {
    const { customer: found } = await graph.ask(ofCustomer, { id: younger });
    return (found as { id: string }).id === older;
  });
});
