import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { bothWays, type Answered } from './houses.ts';

const find = `query ($name: String!) { customers(first: 1, filter: {name: $name}) { edges { node { id name
  records { system version } } } } }`;
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  write { id state correlationId requestedBy approval { scopes granted decidedBy }
    receipts { attribute owner copyTo outcome cause { code attribute } } }
  refusals { code attribute owner current expected } replayed
  customer { name segment creditStatus dunningState pendingWrites { edges { node { id } } } } } }`;
const decide = (field: string) => `mutation ($id: ID!) { ${field}(id: $id) { refusals { code } write { state
  approval { granted decidedBy } receipts { attribute outcome } } } }`;

interface Receipt {
  readonly attribute: string;
  readonly copyTo: string | null;
  readonly outcome: string;
}
interface Payload {
  readonly write: {
    readonly id: string;
    readonly state: string;
    readonly receipts: readonly Receipt[];
  } | null;
  readonly refusals: readonly { readonly code: string; readonly attribute: string | null }[];
  readonly customer: Readonly<Record<string, unknown>> | null;
}

type Headers = Readonly<Record<string, string>>;
const who = (principal: string, ...scopes: string[]): Headers => ({
  'x-principal': principal,
  'x-scopes': scopes.join(' '),
});
const payloadOf = ({ data, errors }: Answered, field = 'updateCustomer'): Payload => {
  // Whoever writes may not read all that is asked for beside.
  expect(errors.filter(({ extensions }) => extensions.code !== 'UNAUTHORIZED_FIELD_OR_TYPE')).toEqual([]);
  const payload = (data as unknown as Record<string, Payload | undefined>)[field];
  if (!payload) throw new Error(`there is no ${field}`);
  return payload;
};

// Long enough for a busy machine: what is pending at the deadline would be told as such.
bothWays(
  (graph) => {
    afterEach(() => {
      for (const name of ['crm', 'erp', 'billing'] as const) graph().sandbox(name).faults.set([]);
    });

    const customer = async (name: string) => {
      const { data } = await graph().ask(find, { name });
      const { customers } = data as unknown as Found;
      const [edge] = customers.edges;
      if (!edge) throw new Error(`there is no customer ${name}`);
      return edge.node;
    };
    const shown = async (id: string | undefined) => {
      const { data } = await graph().ask(
        'query ($id: ID!) { customerWrite(id: $id) { id state receipts { attribute copyTo outcome } } }',
        { id },
      );
      return (data as unknown as { customerWrite: NonNullable<Payload['write']> }).customerWrite;
    };
    const change = async (id: string, changes: object, more: object = {}, headers: Headers = {}) =>
      payloadOf(
        await graph().ask(
          update,
          { input: { customerId: id, idempotencyKey: randomUUID(), changes, ...more } },
          headers,
        ),
      );

    test('one write reaches three owners, and its own answer shows what they have now', async () => {
      const { id } = await customer('Berglunds snabbköp');
      const changes = { segment: 'ENTERPRISE', creditStatus: 'WATCH', dunningState: 'REMINDED' };
      const { write, refusals, customer: after } = await change(id, changes);
      expect(refusals).toEqual([]);
      expect(write).toMatchObject({ state: 'SUCCEEDED', requestedBy: 'local-developer' });
      expect(write?.receipts.map(({ attribute, outcome }) => [attribute, outcome])).toEqual(
        expect.arrayContaining(Object.keys(changes).map((name) => [name, 'APPLIED'])),
      );
      expect(after).toMatchObject({ ...changes, pendingWrites: { edges: [] } });
    });

    test('sent again with the same key it is the same write, and no owner is asked again', async () => {
      const { id } = await customer('Bólido Comidas preparadas');
      const input = { customerId: id, changes: { segment: 'MID_MARKET' } };
      const headers = { 'idempotency-key': randomUUID(), 'x-correlation-id': 'order-7' };
      const first = await graph().ask(update, { input }, headers);
      const effects = () => graph().store.db.query('select * from sandbox_history order by seq');
      const before = await effects();
      const again = await graph().ask(update, { input }, headers);
      expect(await effects()).toEqual(before);
      expect(payloadOf(first)).toMatchObject({ replayed: false, write: { correlationId: 'order-7' } });
      expect(payloadOf(again)).toMatchObject({ replayed: true, write: { id: payloadOf(first).write?.id } });
      const other = { ...input, changes: { segment: 'RESELLER' } };
      expect(payloadOf(await graph().ask(update, { input: other }, headers))).toMatchObject({
        write: null,
        refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
      });
      const both = { ...input, idempotencyKey: 'another one' };
      expect(payloadOf(await graph().ask(update, { input: both }, headers))).toMatchObject({
        write: null,
        refusals: [{ code: 'IDEMPOTENCY_KEY_DIFFERS' }],
      });
    });

    test('what is refused is told all at once, each attribute with its owner, and nothing is touched', async () => {
      const { id } = await customer('Chop-suey Chinese');
      const {
        write,
        refusals,
        customer: after,
      } = await change(
        id,
        { segment: 'RESELLER', creditStatus: 'WATCH', legalEntity: { registeredName: '' } },
        {},
        who('sam', 'customer:read', 'customer:write:sales', 'customer:write:finance'),
      );
      expect(write).toBeNull();
      expect(refusals).toMatchObject([{ code: 'INVALID_VALUE', attribute: 'legalEntity', owner: 'ERP' }]);
      expect(after).not.toMatchObject({ segment: 'RESELLER' });
      const lacking = await change(id, { segment: 'RESELLER', creditStatus: 'WATCH' }, {}, who('sam'));
      expect(lacking.refusals).toMatchObject([
        { code: 'NOT_PERMITTED', attribute: 'segment', owner: 'CRM' },
        { code: 'NOT_PERMITTED', attribute: 'creditStatus', owner: 'ERP' },
      ]);
    });

    test('a second person lets a write begin, who is not the first and has the scopes', async () => {
      const { id } = await customer('Consolidated Holdings');
      const changes = { taxClassification: 'EXEMPT' };
      const { write } = await change(id, changes, {}, who('sam', 'customer:write:finance'));
      expect(write).toMatchObject({
        state: 'AWAITING_APPROVAL',
        approval: { scopes: ['customer:approve:finance'], granted: null, decidedBy: null },
        receipts: [{ attribute: 'taxClassification', outcome: 'PENDING' }],
      });
      const approve = async (headers: Headers) =>
        payloadOf(await graph().ask(decide('approveWrite'), { id: write?.id }, headers), 'approveWrite');
      const scope = 'customer:approve:finance';
      expect(await approve(who('sam', scope))).toMatchObject({ refusals: [{ code: 'SAME_PERSON' }] });
      expect(await approve(who('kim'))).toMatchObject({ refusals: [{ code: 'NOT_PERMITTED' }] });
      expect(await approve(who('kim', scope))).toMatchObject({
        refusals: [],
        write: { approval: { granted: true, decidedBy: 'kim' } },
      });
      await until(async () => (await shown(write?.id)).state === 'SUCCEEDED');
      expect(await shown(write?.id)).toMatchObject({
        receipts: [{ attribute: 'taxClassification', outcome: 'APPLIED' }],
      });
    });

    test('a plan says what would be done, and the write holds to it or is refused', async () => {
      const { id } = await customer('Drachenblut Delikatessen');
      const input = { customerId: id, changes: { segment: 'PUBLIC_SECTOR' } };
      const plan = `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) { planHash refusals { code }
      changes { attribute owner step current wanted } } }`;
      const { data, errors } = await graph().ask(plan, { input });
      expect(errors).toEqual([]);
      const { planHash, changes } = (data as unknown as { planCustomerUpdate: Plan }).planCustomerUpdate;
      expect(changes).toMatchObject([
        { attribute: 'segment', owner: 'CRM', step: 1, wanted: 'PUBLIC_SECTOR' },
      ]);
      const other = await change(id, { segment: 'RESELLER' }, { planHash });
      expect(other.refusals).toMatchObject([{ code: 'PLAN_CHANGED' }]);
      expect(await change(id, input.changes, { planHash })).toMatchObject({ write: { state: 'SUCCEEDED' } });
    });

    test('an owner that is away costs the caller nothing but time: it is pending, and done when the owner is back', async () => {
      const { id } = await customer('Eastern Connection');
      graph()
        .sandbox('crm')
        .faults.set([{ kind: 'unavailable' }]);
      const input = { customerId: id, idempotencyKey: randomUUID(), changes: { segment: 'RESELLER' } };
      const accepted = await graph().ask(
        `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id receipts { attribute outcome } } } }`,
        { input: { ...input, wait: 'ACCEPTED' } },
      );
      const { write } = payloadOf(accepted);
      expect(write?.receipts).toMatchObject([{ attribute: 'segment', outcome: 'PENDING' }]);
      const pending = `query ($id: ID!) { customer(id: $id) { pendingWrites { edges { node { id } } } } }`;
      const { data } = await graph().ask(pending, { id });
      expect(data).toEqual({ customer: { pendingWrites: { edges: [{ node: { id: write?.id } }] } } });
      graph().sandbox('crm').faults.set([]);
      await until(async () => (await shown(write?.id)).state === 'SUCCEEDED');
    });

    test('who wrote what and who saw whose name is in the audit, for whoever may read that, and no value is', async () => {
      const { id, name } = await customer('Ernst Handel');
      const read = `query Contacts($id: ID!) { customer(id: $id) { contacts(first: 1) { edges { node { name } } } } }`;
      const sales = who(
        'ada',
        'customer:read',
        'customer:write:sales',
        'customer:read:contacts',
        'customer:read:personal',
      );
      const shownName = JSON.stringify((await graph().ask(read, { id }, sales)).data);
      expect(shownName).toContain('Roland Mendel');
      const input = {
        customerId: id,
        idempotencyKey: randomUUID(),
        reason: 'as agreed',
        changes: { name: `${name} 2` },
      };
      const { write } = payloadOf(await graph().ask(update, { input }, sales));
      const entries = `query ($id: ID!) { reads: auditEntries(filter: { actors: ["ada"], actions: [READ_PERSONAL] }) { edges { node {
          actor operation attributes requests { correlationId } } } }
        writes: auditEntries(filter: { customerIds: [$id] }) { edges { node { action actor operation attributes outcome reason
          receipt { kind id } changes { attribute before after } } } } }`;
      const auditor = who('olga', 'customer:audit');
      let told = '';
      let found: Readonly<Record<'reads' | 'writes', readonly Entry[]>> | undefined;
      await until(async () => {
        const { data } = await graph().ask(entries, { id }, auditor);
        told = JSON.stringify(data);
        const { reads, writes } = data as unknown as Record<'reads' | 'writes', Entries>;
        // Without the copies that follow the write.
        const own = writes.edges.filter(({ node }) => node.receipt?.id === write?.id);
        found = { reads: nodesOf(reads), writes: nodesOf({ edges: own }) };
        return reads.edges.length > 0 && own.length > 1;
      });
      const same = {
        ...{ actor: 'ada', operation: 'updateCustomer', reason: 'as agreed' },
        receipt: { kind: 'WRITE', id: write?.id },
      };
      expect(found).toMatchObject({
        reads: [{ actor: 'ada', operation: 'Contacts', attributes: ['Contact.name'] }],
        writes: [
          { ...same, action: 'WRITE_SETTLED', outcome: 'SUCCEEDED', changes: [{ attribute: 'name' }] },
          { ...same, action: 'WRITE_ACCEPTED', attributes: ['name'], changes: [] },
        ],
      });
      expect(told).not.toMatch(new RegExp(`${name}|Mendel`));
      const refused = await graph().ask(entries, { id }, sales);
      expect(refused.errors.map(({ extensions }) => extensions.code)).toContain('UNAUTHORIZED_FIELD_OR_TYPE');
    });
  },
  { REQUEST_TIMEOUT_MS: '30000' },
);

interface Entry {
  readonly receipt?: { readonly id: string } | null;
}
interface Entries {
  readonly edges: readonly { readonly node: Entry }[];
}
const nodesOf = ({ edges }: Entries): readonly Entry[] => edges.map(({ node }) => node);

interface Plan {
  readonly planHash: string;
  readonly changes: unknown;
}

interface Found {
  readonly customers: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
  };
}

/** Looks again until it is so; the test's own time limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setImmediate();
}
