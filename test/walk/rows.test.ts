import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { raise } from '../../steward/index.ts';
import { openReceiver, type Receiver } from '../events/webhooks/receiver.ts';
import { bothWays } from './houses.ts';

/** Each rule by a scope of its own; `sees` as an operator writes it. */
const rules = {
  rules: [
    { name: 'German sales', scopes: ['rows:germany'], sees: { countries: ['DE'] } },
    { name: 'key accounts', scopes: ['rows:enterprise'], sees: { segments: ['ENTERPRISE'] } },
    { name: 'their own', scopes: ['rows:own'], sees: { accountOwner: 'SUBJECT' } },
    { name: 'head office', scopes: ['rows:all'], sees: 'ALL' },
  ],
};
const file = join(mkdtempSync(join(tmpdir(), 'rows-')), 'rules.json');
writeFileSync(file, JSON.stringify(rules));

/** Everything that scopes can grant: what is not seen is not seen because of the rules. */
const scopes = [
  ...new Set(readFileSync('schema/generated/api.graphql', 'utf8').match(/customer:[a-z]+(:[a-z-]+)*/g)),
  ...['customer:write:sales', 'customer:write:finance', 'customer:write:status', 'customer:operate:writes'],
  ...['customer:operate:webhooks', 'customer:read:finance', 'customer:read:billing'],
];
const owner = { name: 'Nancy Davolio', email: 'Nancy.Davolio@northwind.example' };
const callers = {
  country: ['sam', 'rows:germany'],
  segment: ['sam', 'rows:enterprise'],
  'account owner': ['nancy.davolio@northwind.example', 'rows:own'],
} as const;
const asCaller = ([subject, scope]: readonly [string, string]) => ({
  'x-principal': subject,
  'x-scopes': [...new Set([...scopes, scope])].join(' '),
});

const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  write { id state } customer { id } refusals { code attribute message } } }`;
const listed = `query ($filter: CustomerFilter, $after: String) { customers(first: 2, after: $after, filter: $filter) {
  totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
const seen = 'Alfreds Futterkiste';
const alsoSeen = 'Blauer See Delikatessen';
const unseen = 'Bon app';

interface Ids {
  seen: string;
  alsoSeen: string;
  unseen: string;
}

bothWays(
  (graph) => {
    let receiver: Receiver;
    let over = false;
    const ids = {} as Ids;
    const keys: Record<string, string> = {};
    /** What there is of the customer that is seen, and of the one that is not. */
    const writes: Record<string, string> = {};
    const items: Record<string, string> = {};
    const workflows: Record<string, string> = {};

    const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) => {
      const { data, errors } = await graph().ask(query, variables, headers);
      return { data: data as Record<string, never> | null, errors };
    };
    const whole = async <T>(query: string, variables: object = {}): Promise<T> => {
      const { data, errors } = await ask(query, variables);
      expect(errors).toEqual([]);
      return data as T;
    };
    const write = async (customerId: string, changes: object): Promise<string> => {
      const input = { customerId, idempotencyKey: randomUUID(), changes };
      const { updateCustomer } = await whole<{ updateCustomer: { write: { id: string } } }>(update, { input });
      expect(updateCustomer).toMatchObject({ refusals: [] });
      return updateCustomer.write.id;
    };
    const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!over && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const namesOf = async (headers: Record<string, string>): Promise<readonly string[]> => {
      const found: string[] = [];
      for (let after: string | null = null; ;) {
        const { data } = await ask(listed, { after }, headers);
        const { edges, pageInfo } = (data as unknown as { customers: Listed }).customers;
        found.push(...edges.map(({ node }) => node.id));
        if (!pageInfo.hasNextPage) return found;
        after = pageInfo.endCursor;
      }
    };
    const countOf = async (headers: Record<string, string>): Promise<number> =>
      ((await ask(listed, {}, headers)).data as unknown as { customers: Listed }).customers.totalCount;
    /** The register hears of what was written by the CRM's feed. */
    const known = (headers: Record<string, string>, count: number) =>
      eventually(async () => (await countOf(headers)) === count);

    beforeAll(async () => {
      receiver = await openReceiver();
      for (const [what, name] of Object.entries({ seen, alsoSeen, unseen })) {
        const { customers } = await whole<{ customers: { edges: [{ node: Found }] } }>(
          `query ($name: String!) { customers(first: 1, filter: { name: $name }) {
             edges { node { id records { system key } } } } }`,
          { name },
        );
        const { id, records } = customers.edges[0].node;
        ids[what as keyof Ids] = id;
        keys[what] = records.find(({ system }) => system === 'CRM')?.key ?? '';
      }
      for (const what of ['seen', 'alsoSeen'] as const)
        await write(ids[what], { segment: 'ENTERPRISE', accountOwner: owner });
      writes.unseen = await write(ids.unseen, {
        segment: 'SMALL_BUSINESS',
        accountOwner: { name: 'Andrew Fuller', email: 'andrew.fuller@northwind.example' },
      });
      writes.seen = await write(ids.seen, { website: 'https://futterkiste.example/' });
      // A group that is seen in part: what is above one that is seen, and below another, is not.
      await write(ids.unseen, { parent: ids.seen });
      await write(ids.alsoSeen, { parent: ids.unseen });
      for (const what of ['seen', 'unseen'] as const)
        items[what] = await graph().store.db.transaction(async (tx) => {
          const customer = ids[what];
          const other = what === 'seen' ? ids.alsoSeen : ids.seen;
          const { id } = await raise(tx, {
            ...{ kind: 'POSSIBLE_DUPLICATE', key: `${what} and another`, entity: 'Customer' },
            ...{ entityIds: [customer, other], sides: [{ customer }, { customer: other }], evidence: {} },
          });
          return id;
        });
      for (const what of ['seen', 'unseen'] as const) {
        const { onboardCustomer } = await whole<{ onboardCustomer: { workflow: { id: string } } }>(
          `mutation ($input: OnboardCustomerInput!) { onboardCustomer(input: $input) { workflow { id } } }`,
          { input: { customerId: ids[what], idempotencyKey: randomUUID() } },
        );
        workflows[what] = onboardCustomer.workflow.id;
      }
      for (const caller of [callers.segment, callers['account owner']]) await known(asCaller(caller), 2);
    });
    afterAll(async () => {
      over = true;
      await receiver.close();
    });

    describe.each(Object.entries(callers))('by %s', (_, who) => {
      const headers = asCaller(who);
      const unknown = randomUUID();
      /** Both are asked for as the same caller; what was asked for is the only difference there may be. */
      const alike = async (query: string, of: (id: string) => object, hidden: string) => {
        const [there, nowhere] = [await ask(query, of(hidden), headers), await ask(query, of(unknown), headers)];
        const text = (answer: object, id: string) => JSON.stringify(answer).replaceAll(id, 'ID');
        expect(text(there, hidden)).toBe(text(nowhere, unknown));
        expect(text(there, hidden)).not.toMatch(/Bon app|INTERNAL/);
      };
      /** Rules take nothing away from what they let somebody see. */
      const same = async (query: string, variables: object) => {
        const limited = await ask(query, variables, headers);
        expect(limited).toEqual(await ask(query, variables, { ...headers, 'x-scopes': '*' }));
        expect(limited.data).not.toBeNull();
        return JSON.stringify(limited.data);
      };

      test.each([
        ['customer', `query ($of: ID!) { customer(id: $of) { id name legalEntity { country } balance { amount } } }`],
        ['its pending writes', `query ($of: ID!) { customer(id: $of) { pendingWrites { edges { node { id } } } } }`],
        ['its workflows', `query ($of: ID!) { customer(id: $of) { workflows { edges { node { id } } } } }`],
        ['its work items', `query ($of: ID!) { customer(id: $of) { workItems { edges { node { id } } } } }`],
        ['its duplicates', `query ($of: ID!) { customer(id: $of) { possibleDuplicates { customer { id } } } }`],
        ['customerWrites', `query ($of: ID!) { customerWrites(filter: { customerIds: [$of] }) { edges { node { state } } } }`],
        ['customerWorkflows', `query ($of: ID!) { customerWorkflows(filter: { customerIds: [$of] }) { edges { node { state } } } }`],
        ['workItems', `query ($of: ID!) { workItems(filter: { customerIds: [$of] }) { edges { node { kind } } } }`],
        ['customerChanges', `query ($of: ID!) { customerChanges(filter: { customerIds: [$of] }) { edges { node { kind } } } }`],
        ['auditEntries', `query ($of: ID!) { auditEntries(filter: { customerIds: [$of] }) { edges { node { action } } } }`],
        ['redriveDeadLetters', `mutation ($of: ID!) { redriveDeadLetters(filter: { customerIds: [$of] }, dryRun: true) { count refusals { code } } }`],
      ])('%s', async (name, query) => {
        await alike(query, (of) => ({ of }), ids.unseen);
        // What was shown is itself a change of what the audit tells.
        if (name !== 'auditEntries') await same(query, { of: ids.seen });
      });

      test('customerBy', async () => {
        const query = `query ($key: String!) { customerBy(system: CRM, key: $key) { id name } }`;
        await alike(query, (key) => ({ key }), keys.unseen ?? '');
        expect(await same(query, { key: keys.seen })).toContain(ids.seen);
      });

      test('lists and their counts are of those who are seen, page by page', async () => {
        const found = await namesOf(headers);
        expect(found).toContain(ids.seen);
        expect(found).not.toContain(ids.unseen);
        expect(await countOf(headers)).toBe(found.length);
        expect(found.length).toBeLessThan(await countOf({}));
        expect(JSON.stringify(await ask(listed, { filter: { name: 'Bon app' } }, headers))).toContain('"totalCount":0');
      });

      test('a group is known as far as it is seen', async () => {
        const query = `query ($id: ID!) { customer(id: $id) { parent { id } ultimateParent { id }
          children { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } }
          group { customerIds } groupBalance { customers } groupExposure { customers } } }`;
        const { data } = await ask(query, { id: ids.seen }, headers);
        expect(data).toMatchObject({
          customer: {
            children: { totalCount: 0, edges: [], pageInfo: { hasNextPage: false, endCursor: null } },
            group: { customerIds: [ids.seen, ids.alsoSeen] },
            ...{ groupBalance: { customers: 2 }, groupExposure: { customers: 2 } },
          },
        });
        const below = await ask(query, { id: ids.alsoSeen }, headers);
        expect(below.data).toMatchObject({ customer: { parent: null, ultimateParent: { id: ids.seen } } });
        expect(JSON.stringify([data, below])).not.toContain(ids.unseen);
      });

      test('matching tells of nobody else', async () => {
        const query = `query ($name: String!) { matchCustomers(input: { name: $name }) { customer { id } } }`;
        expect(JSON.stringify(await ask(query, { name: unseen }))).toContain(ids.unseen);
        expect(JSON.stringify(await ask(query, { name: unseen }, headers))).not.toContain(ids.unseen);
        expect(JSON.stringify(await ask(query, { name: seen }, headers))).toContain(ids.seen);
      });

      test.each([
        ['updateCustomer', update, { changes: { website: 'https://x.example/' } }],
        ['planCustomerUpdate', `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) { planHash customer { id } refusals { code message } } }`, { changes: { website: 'https://x.example/' } }],
        ['changeCustomerStatus', `mutation ($input: ChangeCustomerStatusInput!) { changeCustomerStatus(input: $input) { write { id } customer { id } refusals { code message } } }`, { to: 'ON_HOLD', reason: 'to see' }],
        ['planCustomerStatus', `query ($input: ChangeCustomerStatusInput!) { planCustomerStatus(input: $input) { planHash refusals { code message } } }`, { to: 'ON_HOLD', reason: 'to see' }],
        ['onboardCustomer', `mutation ($input: OnboardCustomerInput!) { onboardCustomer(input: $input) { workflow { id } refusals { code message } } }`, {}],
      ])('%s', async (_, query, asked) => {
        const of = (customerId: string) => ({
          input: { customerId, idempotencyKey: `${customerId} ${query.length}`, ...asked },
        });
        await alike(query, of, ids.unseen);
        expect(JSON.stringify(await ask(query, of(ids.unseen), headers))).toContain('UNKNOWN_CUSTOMER');
      });

      test('no value names somebody who is not seen', async () => {
        const of = (parent: string) => ({
          input: { customerId: ids.seen, idempotencyKey: `${parent} as parent`, changes: { parent } },
        });
        await alike(update, of, ids.unseen);
        const plan = `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) {
          changes { attribute current } refusals { code } } }`;
        const input = { customerId: ids.alsoSeen, changes: { parent: ids.seen } };
        expect(JSON.stringify(await ask(plan, { input }))).toContain(ids.unseen);
        const limited = await ask(plan, { input }, headers);
        expect(limited).toMatchObject({ errors: [], data: { planCustomerUpdate: { refusals: [] } } });
        expect(JSON.stringify(limited)).not.toContain(ids.unseen);
      });

      test.each([
        ['customerWrite', `query ($id: ID!) { customerWrite(id: $id) { id state } }`],
        ['cancelWrite', `mutation ($id: ID!) { cancelWrite(id: $id) { write { id } refusals { code message } } }`],
        ['approveWrite', `mutation ($id: ID!) { approveWrite(id: $id) { write { id } refusals { code message } } }`],
        ['declineWrite', `mutation ($id: ID!) { declineWrite(id: $id) { write { id } refusals { code message } } }`],
        ['retryWrite', `mutation ($id: ID!) { retryWrite(id: $id) { write { id } refusals { code message } } }`],
      ])('%s', async (_, query) => {
        await alike(query, (id) => ({ id }), writes.unseen ?? '');
        await same(query, { id: writes.seen });
      });

      test.each([
        ['customerWorkflow', `query ($id: ID!) { customerWorkflow(id: $id) { id } }`],
        ['cancelWorkflow', `mutation ($id: ID!) { cancelWorkflow(id: $id) { workflow { id } refusals { code message } } }`],
        ['retryWorkflow', `mutation ($id: ID!) { retryWorkflow(id: $id) { workflow { id } refusals { code message } } }`],
        ['answerWorkflow', `mutation ($id: ID!) { answerWorkflow(id: $id, answer: { approve: true, idempotencyKey: "k" }) { workflow { id } refusals { code message } } }`],
      ])('%s', async (_, query) => {
        await alike(query, (id) => ({ id }), workflows.unseen ?? '');
        expect(JSON.stringify(await ask(query, { id: workflows.seen }, headers))).toContain(workflows.seen);
      });

      test.each([
        ['workItem', `query ($id: ID!) { workItem(id: $id) { id kind } }`],
        ['assignWorkItem', `mutation ($id: ID!) { assignWorkItem(id: $id, assignee: "sam", takeOver: true) { workItem { id } refusals { code message } } }`],
        ['decideWorkItem', `mutation ($id: ID!) { decideWorkItem(input: { id: $id, decision: RETRY, reason: "so", idempotencyKey: "x" }) { workItem { id } refusals { code message } } }`],
        ['approveDecision', `mutation ($id: ID!) { approveDecision(id: $id) { workItem { id } refusals { code message } } }`],
        ['declineDecision', `mutation ($id: ID!) { declineDecision(id: $id) { workItem { id } refusals { code message } } }`],
      ])('%s', async (_, query) => {
        await alike(query, (id) => ({ id }), items.unseen ?? '');
        expect(JSON.stringify(await ask(query, { id: items.seen }, headers))).toContain(items.seen);
      });

      test('lists of writes, workflows, work items, changes and entries are without them, and so are counts', async () => {
        const query = `{ customerWrites(first: 100) { edges { node { id customer { id } } } }
          customerWorkflows(first: 100) { edges { node { id } } } workItems(first: 100) { edges { node { id } } }
          workItemCounts { kind open } customerChanges(first: 100) { edges { node { customer { id } } } }
          auditEntries(first: 100) { edges { node { entityId } } } }`;
        const all = JSON.stringify(await ask(query));
        const limited = await ask(query, {}, headers);
        const text = JSON.stringify(limited);
        for (const one of [ids.unseen, writes.unseen, workflows.unseen, items.unseen]) {
          expect(all).toContain(one);
          expect(text).not.toContain(one);
        }
        for (const one of [ids.seen, writes.seen, workflows.seen, items.seen]) expect(text).toContain(one);
        const { workItemCounts } = limited.data as unknown as { workItemCounts: { kind: string; open: number }[] };
        expect(workItemCounts.find(({ kind }) => kind === 'POSSIBLE_DUPLICATE')?.open).toBe(1);
      });

      test('webhooks are told on behalf of whoever registered them, and what they may not hear is passed over', async () => {
        const path = `/${who[1]}`;
        const input = { url: `${receiver.url}${path}`, filter: { attributes: ['website'] } };
        const registered = await ask(
          `mutation ($input: RegisterWebhookInput!) { registerWebhook(input: $input) { refusals { code } } }`,
          { input },
          headers,
        );
        expect(registered).toMatchObject({ data: { registerWebhook: { refusals: [] } } });
        await write(ids.unseen, { website: `https://unseen.example${path}` });
        await write(ids.seen, { website: `https://seen.example${path}` });
        const [arrived] = await receiver.first(1, path);
        expect(arrived?.event.subject).toBe(ids.seen);
      });

      test('a subscription tells of those who are seen: in its snapshot, and when they change', async () => {
        const heard = await listening(graph().url, headers, 'customerChanged(snapshot: true)');
        const count = (await namesOf(headers)).length;
        const snapshot = await heard.take(count);
        expect(new Set(snapshot.map(({ customer }) => customer.id)).size).toBe(count);
        expect(snapshot.map(({ customer }) => customer.id)).not.toContain(ids.unseen);
        await write(ids.unseen, { website: `https://unseen.example/${who[1]}/again` });
        await write(ids.seen, { website: `https://seen.example/${who[1]}/again` });
        expect(await heard.take(1)).toMatchObject([{ kind: 'UPDATED', customer: { id: ids.seen } }]);
        await heard.close();
      });
    });

    test('whoever no rule applies to sees nobody, and whoever a rule lets see all sees all', async () => {
      expect(await countOf(asCaller(['sam', 'rows:none']))).toBe(0);
      expect(await countOf(asCaller(['sam', 'rows:all']))).toBe(await countOf({}));
    });

    test('two who may read the same, and see different customers, share no answers', async () => {
      const [nancy, other] = [
        await listening(graph().url, asCaller(callers['account owner']), 'customerChanged'),
        await listening(graph().url, asCaller(['andrew.fuller@northwind.example', 'rows:own']), 'customerChanged'),
      ];
      await write(ids.seen, { website: 'https://seen.example/shared' });
      await write(ids.unseen, { website: 'https://unseen.example/shared' });
      expect(await nancy.take(1)).toMatchObject([{ customer: { id: ids.seen, website: /shared/ } }]);
      expect(await other.take(1)).toMatchObject([{ customer: { id: ids.unseen } }]);
      await nancy.close();
      await other.close();
    });

    test('a customer that goes out of sight is told of no more, and is nobody', async () => {
      const headers = asCaller(callers.segment);
      const heard = await listening(graph().url, headers, 'customerChanged(filter: { attributes: ["website"] })');
      await write(ids.alsoSeen, { website: 'https://also.example/1' });
      expect(await heard.take(1)).toMatchObject([{ customer: { id: ids.alsoSeen } }]);
      await write(ids.alsoSeen, { segment: 'RESELLER' });
      await known(headers, 1);
      await write(ids.alsoSeen, { website: 'https://also.example/2' });
      await write(ids.seen, { website: 'https://seen.example/after' });
      expect(await heard.take(1)).toMatchObject([{ customer: { id: ids.seen } }]);
      await heard.close();
      expect(await ask(`query ($id: ID!) { customer(id: $id) { id } }`, { id: ids.alsoSeen }, headers)).toMatchObject({
        data: { customer: null },
      });
    });
  },
  { ROW_RULES_FILE: file, WEBHOOK_ALLOW_PRIVATE: 'on', EVENT_RETENTION_MAX: '100000' },
);

interface Found {
  readonly id: string;
  readonly records: readonly { readonly system: string; readonly key: string }[];
}
interface Listed {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface Heard {
  readonly kind: string;
  readonly customer: { readonly id: string; readonly website: string | null };
}

/** Hears of changes from now on: the first is awaited by whoever began, by a snapshot of one customer. */
async function listening(url: string, headers: Record<string, string>, field: string) {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols?: string | string[]) {
        super(address, protocols, { headers });
      }
    },
  });
  const stream = client.iterate({ query: `subscription { ${field} { kind customer { id website } } }` });
  const next = async (): Promise<Heard> => {
    const { value } = (await stream.next()) as { value: { data: { customerChanged: Heard } } };
    return value.data.customerChanged;
  };
  // What is asked for is sent by the client when it is first pulled.
  let ahead: Promise<Heard> | undefined = next();
  await new Promise((resolve) => client.on('message', resolve) && setTimeout(resolve, 500));
  return {
    async take(count: number): Promise<readonly Heard[]> {
      const found: Heard[] = [];
      while (found.length < count) {
        found.push(await (ahead ?? next()));
        ahead = undefined;
      }
      return found;
    },
    close: async () => client.dispose(),
  };
}
