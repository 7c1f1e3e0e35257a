import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { hint } from '../../events/index.ts';
import { bothWays } from './houses.ts';

const find = `query ($name: String!) { customers(first: 1, filter: {name: $name}) { edges { node { id } } } }`;
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id state } } }`;
const item = `id kind key state assignee sides { customer { name } system key } evidence { name values }
  write { id state receipts { attribute outcome } review { decision by reason } }
  offers { decision approve customerRequired } decision { decision by approvedBy } history { event code by }`;
const queue = `query ($filter: WorkItemFilter) { workItems(filter: $filter) { edges { node { ${item} } } }
  workItemCounts { kind open overdue } }`;
const ofCustomer = `query ($id: ID!) { customer(id: $id) { workItems { edges { node { id } } } } }`;
const ofItem = `query ($id: ID!) { workItem(id: $id) { ${item} } }`;
const difference = `query ($id: ID!) { workItem(id: $id) {
  difference { attribute owner system examined wanted present same } } }`;
const payload = `refusals { code } replayed workItem { ${item} }`;
const decide = `mutation ($input: DecideWorkItemInput!) { decideWorkItem(input: $input) { ${payload} } }`;
const assign = `mutation ($id: ID!, $assignee: String, $takeOver: Boolean! = false) {
  assignWorkItem(id: $id, assignee: $assignee, takeOver: $takeOver) { ${payload} } }`;

interface Item {
  readonly id: string;
  readonly state: string;
}

bothWays(
  (graph) => {
    afterEach(() => {
      graph().sandbox('erp').faults.set([]);
    });
    const who = (principal: string, ...scopes: string[]) => ({
      'x-principal': principal,
      'x-scopes': scopes.join(' '),
    });
    const ann = who('ann', 'customer:steward', 'customer:read:writes', 'customer:read');
    const ask = async (query: string, variables: object, headers?: Readonly<Record<string, string>>) => {
      const { data, errors } = await graph().ask(query, variables, headers);
      expect(errors).toEqual([]);
      return data as unknown as Record<string, unknown>;
    };
    const itemsOf = async (filter: object) =>
      ((await ask(queue, { filter })).workItems as { edges: { node: Item }[] }).edges.map(({ node }) => node);
    const customer = async (name: string) => {
      const found = (await ask(find, { name })).customers as { edges: { node: { id: string } }[] };
      return found.edges[0]?.node.id ?? '';
    };
    /** Once it is so; the test's own time limit ends it. */
    const closed = async (id: string) => {
      for (;;) {
        const { workItem } = await ask(ofItem, { id });
        if ((workItem as Item).state === 'CLOSED') return workItem;
      }
    };

    test('a write that waits for a person is decided on with both sides in sight, and goes on', async () => {
      const id = await customer('Ernst Handel');
      graph()
        .sandbox('erp')
        .faults.set([{ kind: 'staleVersion' }]);
      const input = { customerId: id, idempotencyKey: randomUUID(), changes: { creditStatus: 'BLOCKED' } };
      const { write } = (await ask(update, { input })).updateCustomer as { write: Item };
      expect(write.state).toBe('REVIEW');
      const [found, ...others] = await itemsOf({ customerIds: [id] });
      expect(others).toEqual([]);
      expect(found).toMatchObject({
        ...{ kind: 'VERSION_CONFLICT', key: write.id, state: 'OPEN', assignee: null },
        sides: [{ customer: { name: 'Ernst Handel' }, system: 'ERP' }],
        write: {
          id: write.id,
          state: 'REVIEW',
          receipts: [{ attribute: 'creditStatus', outcome: 'NEEDS_REVIEW' }],
        },
        offers: [{ decision: 'RETRY', approve: [] }, { decision: 'ACCEPT_AS_IS' }, { decision: 'CANCEL' }],
      });
      const edges = [{ node: { id: found?.id } }];
      expect(await ask(ofCustomer, { id })).toMatchObject({ customer: { workItems: { edges } } });
      const creditStatus = { attribute: 'creditStatus', owner: 'ERP', system: 'ERP' };
      const seen = { ...creditStatus, examined: true, wanted: 'BLOCKED', present: 'WATCH', same: false };
      const all = await ask(difference, { id: found?.id });
      expect(all).toMatchObject({ workItem: { difference: [seen] } });
      // Whoever may decide, and may not read of credit, sees that something differs, and not what.
      expect(await ask(difference, { id: found?.id }, ann)).toEqual({
        workItem: { difference: [{ ...seen, wanted: null, present: null }] },
      });
      expect(await ask(queue, {})).toMatchObject({
        workItemCounts: [{ kind: 'VERSION_CONFLICT', open: 1, overdue: 0 }],
      });
      expect(await graph().metrics()).toMatch(/^work_items_open\{kind="VERSION_CONFLICT",age="UNDER_A_DAY"\} 1$/m);

      const refused = async (query: string, variables: object, headers: Readonly<Record<string, string>>) => {
        const [told] = Object.values(await ask(query, variables, headers)) as { refusals: unknown[] }[];
        return told?.refusals;
      };
      const of = { id: found?.id, decision: 'RETRY', reason: 'the conflict is over', idempotencyKey: 'one' };
      const eve = await graph().ask(decide, { input: of }, who('eve', 'customer:read'));
      expect(eve).toMatchObject({
        data: { decideWorkItem: { refusals: [{ code: 'NOT_PERMITTED' }], workItem: null } },
        errors: [
          { path: ['decideWorkItem', 'workItem'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } },
        ],
      });
      expect(await refused(decide, { input: { ...of, decision: 'SAME' } }, ann)).toEqual([
        { code: 'NOT_OFFERED' },
      ]);
      expect(await refused(decide, { input: { ...of, reason: ' ' } }, ann)).toEqual([
        { code: 'INVALID_INPUT' },
      ]);
      expect(await refused(decide, { input: { ...of, id: 'x' } }, ann)).toEqual([
        { code: 'UNKNOWN_WORK_ITEM' },
      ]);
      const bob = who('bob', 'customer:steward', 'customer:read:writes', 'customer:read');
      expect(await refused(assign, { id: found?.id, assignee: 'bob' }, bob)).toEqual([]);
      expect(await refused(decide, { input: of }, ann)).toEqual([{ code: 'ASSIGNED_TO_ANOTHER' }]);
      expect(await refused(assign, { id: found?.id, assignee: 'ann', takeOver: true }, ann)).toEqual([]);

      graph().sandbox('erp').faults.set([]);
      const told = await Promise.all([1, 2].map(() => ask(decide, { input: of }, ann)));
      expect(
        told.map(({ decideWorkItem }) => (decideWorkItem as { replayed: boolean }).replayed).sort(),
      ).toEqual([false, true]);
      expect(await closed(found?.id ?? '')).toMatchObject({
        ...{ offers: [], assignee: 'ann', decision: { decision: 'RETRY', by: 'ann', approvedBy: null } },
        write: { review: { decision: 'RETRY', by: 'ann', reason: 'the conflict is over' } },
        history: [
          { event: 'ASSIGNED' },
          { event: 'ASSIGNED' },
          { event: 'DECIDED' },
          { event: 'CLOSED', by: null },
        ],
      });
      const over = `query ($id: ID!) { customerWrite(id: $id) { state } }`;
      while (((await ask(over, { id: write.id })).customerWrite as Item).state !== 'SUCCEEDED');
      expect(await ask(ofCustomer, { id })).toMatchObject({ customer: { workItems: { edges: [] } } });
    });

    test('a copy that is edited where it is kept is a violation at once, is shown beside its owner, and put right', async () => {
      const name = 'Blondesddsl père et fils';
      const id = await customer(name);
      const billing = graph().sandbox('billing');
      const key = (await graph().store.identity.crosswalk.keysOf([id])).get(id)?.BILLING ?? '';
      const call = { correlationId: 'by hand', signal: AbortSignal.timeout(30_000) };
      const place = { path: `/v1/customers/${key}` };
      await billing.wire({ ...place, method: 'POST', body: { name: 'By Hand' } }, call);
      const asked = { kinds: ['OWNERSHIP_VIOLATION'], customerIds: [id] };
      let found: readonly Item[] = [];
      while (found.length === 0) found = await itemsOf(asked);
      expect(found).toMatchObject([
        { key: `${id}/BILLING/name`, sides: [{ system: 'CRM' }, { system: 'BILLING', key }], write: null },
      ]);
      const item = found[0]?.id;
      const copy = { attribute: 'name', owner: 'CRM', system: 'BILLING', examined: true };
      expect(await ask(difference, { id: item }, ann)).toEqual({
        workItem: { difference: [{ ...copy, wanted: name, present: 'By Hand', same: false }] },
      });
      const input = { id: item, decision: 'REPAIR', reason: 'not theirs', idempotencyKey: 'three' };
      expect(await ask(decide, { input }, ann)).toMatchObject({ decideWorkItem: { refusals: [] } });
      await closed(item ?? '');
      const present = async () => (await billing.wire({ ...place, method: 'GET' }, call)).body;
      while (((await present()) as { name: string }).name !== name);
      const written = `query ($id: ID!) { customerWrites(filter: { customerIds: [$id] }) { edges { node {
        requestedBy reason receipts { attribute owner copyTo } } } } }`;
      const receipts = [{ attribute: 'name', owner: 'CRM', copyTo: 'BILLING' }];
      expect(await ask(written, { id })).toMatchObject({
        customerWrites: { edges: [{ node: { requestedBy: 'ann', reason: 'not theirs', receipts } }] },
      });
    });

    test('a record that nobody knows is linked to its customer by a person', async () => {
      const id = await customer('Frankenversand');
      await hint(graph().store.db, [{ system: 'ERP', key: '9999999999', source: 'WEBHOOK' }]);
      let found: readonly Item[] = [];
      while (found.length === 0) found = await itemsOf({ kinds: ['UNKNOWN_RECORD'] });
      expect(found).toMatchObject([
        { sides: [{ customer: null, system: 'ERP', key: '9999999999' }], write: null, state: 'OPEN' },
      ]);
      const input = { id: found[0]?.id, decision: 'LINK', reason: 'as they say', idempotencyKey: 'two' };
      expect(await ask(decide, { input }, ann)).toMatchObject({
        decideWorkItem: { refusals: [{ code: 'CUSTOMER_REQUIRED' }] },
      });
      expect(await ask(decide, { input: { ...input, customerId: id } }, ann)).toMatchObject({
        decideWorkItem: { refusals: [], workItem: { decision: { decision: 'LINK' } } },
      });
      expect(await closed(found[0]?.id ?? '')).toMatchObject({ decision: { by: 'ann' } });
    });
  },
  { REQUEST_TIMEOUT_MS: '30000' },
);
