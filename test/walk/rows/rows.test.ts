import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openReceiver, type Receiver } from '../../events/webhooks/receiver.ts';
import { bothWays } from '../houses.ts';
import {
  andrew,
  nancy,
  as,
  callers,
  ofCustomer,
  ofInput,
  ofItem,
  ofWorkflow,
  ofWrite,
  rulesFile,
} from './asked.ts';
import { listening } from './listening.ts';
import { stageOf } from './stage.ts';

bothWays(
  (graph, way) => {
    let receiver: Receiver;
    const stage = stageOf(graph);
    const { ids, keys, writes, items, workflows, update, listed, names } = stage;
    const { ask, write, namesOf, countOf, known } = stage;

    beforeAll(async () => {
      receiver = await openReceiver();
      await stage.begin();
    });
    afterAll(async () => {
      stage.end();
      await receiver.close();
    });

    // What a caller sees is decided alike in every process, whichever rule it is by.
    const tried = Object.entries(callers).slice(way === 'in one process' ? 0 : 2);

    describe.each(tried)('by %s', (_, who) => {
      const headers = as(who);
      const unknown = randomUUID();
      /** Both are asked for as the same caller; what was asked for is the only difference there may be. */
      const alike = async (query: string, of: (id: string) => object, hidden: string) => {
        const [there, nowhere] = [
          await ask(query, of(hidden), headers),
          await ask(query, of(unknown), headers),
        ];
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

      test.each(ofCustomer)('%s', async (name, query) => {
        await alike(query, (of) => ({ of }), ids.unseen);
        // What was shown is itself told by the audit, and an item of one who is seen may be of another who is not.
        if (!/auditEntries|work items|workItems/.test(name)) await same(query, { of: ids.seen });
      });

      test('customerBy', async () => {
        const query = `query ($key: String!) { customerBy(system: CRM, key: $key) { id name } }`;
        await alike(query, (key) => ({ key }), keys.unseen);
        expect(await same(query, { key: keys.seen })).toContain(ids.seen);
      });

      test('lists and their counts are of those who are seen, page by page', async () => {
        const found = await namesOf(headers);
        expect(found).toContain(ids.seen);
        expect(found).not.toContain(ids.unseen);
        expect(await countOf(headers)).toBe(found.length);
        expect(found.length).toBeLessThan(await countOf({}));
        expect(JSON.stringify(await ask(listed, { filter: { name: 'Bon app' } }, headers))).toContain(
          '"totalCount":0',
        );
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
        expect(JSON.stringify(await ask(query, { name: names.unseen }))).toContain(ids.unseen);
        expect(JSON.stringify(await ask(query, { name: names.unseen }, headers))).not.toContain(ids.unseen);
        expect(JSON.stringify(await ask(query, { name: names.seen }, headers))).toContain(ids.seen);
      });

      test.each(ofInput)('%s', async (_, query, asked) => {
        const of = (customerId: string) => ({
          input: { customerId, idempotencyKey: `${customerId} ${query.length}`, ...asked },
        });
        await alike(query, of, ids.unseen);
        expect(JSON.stringify(await ask(query, of(ids.unseen), headers))).toContain('UNKNOWN_CUSTOMER');
      });

      test('nobody becomes one with somebody who is not seen', async () => {
        const plan = `query ($one: ID!, $other: ID!) { planMerge(survivorId: $one, otherId: $other) { refusals { code message } } }`;
        await alike(plan, (other) => ({ one: ids.seen, other }), ids.unseen);
        await alike(plan, (one) => ({ one, other: ids.seen }), ids.unseen);
        expect(JSON.stringify(await ask(plan, { one: ids.seen, other: ids.unseen }, headers))).toContain(
          'UNKNOWN_CUSTOMER',
        );
        const merge = `mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) {
          workflow { id } refusals { code message } } }`;
        const input = { survivorId: ids.seen, reason: 'to see' };
        await alike(
          merge,
          (otherId) => ({ input: { ...input, otherId, idempotencyKey: `${otherId} merged` } }),
          ids.unseen,
        );
        expect(
          JSON.stringify(
            await ask(merge, { input: { ...input, otherId: ids.unseen, idempotencyKey: 'merged' } }, headers),
          ),
        ).toContain('UNKNOWN_CUSTOMER');
      });

      test('no value names somebody who is not seen', async () => {
        const of = (parent: string) => ({
          input: { customerId: ids.seen, idempotencyKey: `${parent} as parent`, changes: { parent } },
        });
        await alike(update, of, ids.unseen);
        const anew = (parent: string) => ({
          input: { attributes: { name: 'A new one', parent }, idempotencyKey: `${parent} above a new one` },
        });
        const onboard = `mutation ($input: OnboardCustomerInput!) { onboardCustomer(input: $input) {
          workflow { id } refusals { code attribute message } } }`;
        await alike(onboard, anew, ids.unseen);
        expect(JSON.stringify(await ask(onboard, anew(ids.unseen), headers))).toContain(
          'There is no Customer',
        );
        const plan = `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) {
          changes { attribute current } refusals { code } } }`;
        const input = { customerId: ids.alsoSeen, changes: { parent: ids.seen } };
        expect(JSON.stringify(await ask(plan, { input }))).toContain(ids.unseen);
        const limited = await ask(plan, { input }, headers);
        expect(limited).toMatchObject({ errors: [], data: { planCustomerUpdate: { refusals: [] } } });
        expect(JSON.stringify(limited)).not.toContain(ids.unseen);
      });

      test.each(ofWrite)('%s', async (_, query) => {
        await alike(query, (id) => ({ id }), writes.unseen);
        await same(query, { id: writes.seen });
      });

      test.each(ofWorkflow)('%s', async (_, query) => {
        await alike(query, (id) => ({ id }), workflows.unseen);
        expect(JSON.stringify(await ask(query, { id: workflows.seen }, headers))).toContain(workflows.seen);
      });

      test.each(ofItem)('%s', async (_, query) => {
        await alike(query, (id) => ({ id }), items.unseen);
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
        const { workItemCounts } = limited.data as unknown as {
          workItemCounts: { kind: string; open: number }[];
        };
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
        const heard = listening(graph().url, headers);
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
      expect(await countOf(as(['sam', 'rows:none']))).toBe(0);
      expect(await countOf(as(['sam', 'rows:all']))).toBe(await countOf({}));
    });

    test('two who may read the same of a change, and see different customers in it, share no answer', async () => {
      const filter = `, filter: { customerIds: ["${ids.alsoSeen}"] }`;
      const hers = listening(graph().url, as([nancy.toLowerCase(), 'rows:shared']), filter);
      const his = listening(graph().url, as([andrew, 'rows:shared']), filter);
      expect(await hers.take(1)).toMatchObject([{ kind: 'SNAPSHOT', customer: { parent: null } }]);
      expect(await his.take(1)).toMatchObject([{ customer: { parent: { id: ids.unseen } } }]);
      await write(ids.alsoSeen, { website: 'https://also.example/shared' });
      const told = { kind: 'UPDATED', customer: { website: 'https://also.example/shared' } };
      expect(await his.take(1)).toMatchObject([told]);
      expect(await hers.take(1)).toMatchObject([{ ...told, customer: { ...told.customer, parent: null } }]);
      await hers.close();
      await his.close();
    });

    test('a customer that goes out of sight is told of no more, and is nobody', async () => {
      const headers = as(callers.segment);
      const heard = listening(graph().url, headers, ', filter: { attributes: ["website"] }');
      expect(await heard.take(2)).toHaveLength(2);
      await write(ids.alsoSeen, { website: 'https://also.example/1' });
      expect(await heard.take(1)).toMatchObject([{ customer: { id: ids.alsoSeen } }]);
      await write(ids.alsoSeen, { segment: 'RESELLER' });
      await known(headers, 1);
      await write(ids.alsoSeen, { website: 'https://also.example/2' });
      await write(ids.seen, { website: 'https://seen.example/after' });
      expect(await heard.take(1)).toMatchObject([{ customer: { id: ids.seen } }]);
      await heard.close();
      expect(
        await ask(`query ($id: ID!) { customer(id: $id) { id } }`, { id: ids.alsoSeen }, headers),
      ).toMatchObject({
        data: { customer: null },
      });
    });
  },
  { ROW_RULES_FILE: rulesFile, WEBHOOK_ALLOW_PRIVATE: 'on', EVENT_RETENTION_MAX: '100000' },
);
