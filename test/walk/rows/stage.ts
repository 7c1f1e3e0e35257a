import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { raise } from '../../../steward/index.ts';
import type { Graph } from '../houses.ts';
import { andrew, as, callers, nancy } from './asked.ts';

const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  write { id state } customer { id } refusals { code attribute message } } }`;
const listed = `query ($filter: CustomerFilter, $after: String) { customers(first: 2, after: $after, filter: $filter) {
  totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`;

/** Customers of the sample: two who are seen by every rule, and one who is seen by none. */
const names = { seen: 'Alfreds Futterkiste', alsoSeen: 'Blauer See Delikatessen', unseen: 'Bon app' };

type Headers = Readonly<Record<string, string>>;

/** Customers who are seen and who are not, with something of everything that there is of a customer. */
export function stageOf(graph: () => Graph) {
  let over = false;
  const ids = { seen: '', alsoSeen: '', unseen: '' };
  const keys = { seen: '', alsoSeen: '', unseen: '' };
  const writes = { seen: '', unseen: '' };
  const items = { seen: '', unseen: '' };
  const workflows = { seen: '', unseen: '' };

  const ask = async (query: string, variables: object = {}, headers: Headers = {}) => {
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
    const { updateCustomer } = await whole<{ updateCustomer: { write: { id: string } } }>(update, {
      input,
    });
    expect(updateCustomer).toMatchObject({ refusals: [] });
    return updateCustomer.write.id;
  };
  const inCrm = async (key: string, body: object): Promise<void> => {
    const path = `/services/data/v1/sobjects/Account/${key}`;
    const call = { correlationId: 'test', signal: new AbortController().signal };
    const { status } = await graph().sandbox('crm').wire({ method: 'PATCH', path, body }, call);
    expect(status).toBeLessThan(300);
  };
  const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!over && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const namesOf = async (headers: Headers): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const { data } = await ask(listed, { after }, headers);
      const { edges, pageInfo } = (data as unknown as { customers: Listed }).customers;
      found.push(...edges.map(({ node }) => node.id));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  };
  const countOf = async (headers: Headers): Promise<number> =>
    ((await ask(listed, {}, headers)).data as unknown as { customers: Listed }).customers.totalCount;
  /** The register hears of what was written by the CRM's feed. */
  const known = (headers: Headers, count: number) =>
    eventually(async () => (await countOf(headers)) === count);

  return {
    ...{ names, ids, keys, writes, items, workflows, update, listed },
    ...{ ask, write, inCrm, namesOf, countOf, known },
    end() {
      over = true;
    },
    async begin(): Promise<void> {
      for (const [what, name] of Object.entries(names)) {
        const { customers } = await whole<{ customers: { edges: [{ node: Found }] } }>(
          `query ($name: String!) { customers(first: 1, filter: { name: $name }) {
             edges { node { id records { system key } } } } }`,
          { name },
        );
        const { id, records } = customers.edges[0].node;
        ids[what as keyof typeof ids] = id;
        keys[what as keyof typeof keys] = records.find(({ system }) => system === 'CRM')?.key ?? '';
      }
      // In the CRM itself, as sales would: to change who is responsible takes a second person in the graph.
      const own = { Customer_Segment__c: 'Enterprise', Owner: { Name: 'Nancy', Email: nancy } };
      const others = { Customer_Segment__c: 'Small Business', Owner: { Name: 'Andrew', Email: andrew } };
      for (const what of ['seen', 'alsoSeen', 'unseen'] as const)
        await inCrm(keys[what], what === 'unseen' ? others : own);
      for (const what of ['seen', 'unseen'] as const)
        await write(ids[what], { accountOwner: { name: 'Janet', email: 'janet@northwind.example' } });
      writes.unseen = await write(ids.unseen, { website: 'https://bonapp.example/' });
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
      for (const caller of [callers.segment, callers['account owner']]) await known(as(caller), 2);
    },
  };
}

interface Found {
  readonly id: string;
  readonly records: readonly { readonly system: string; readonly key: string }[];
}
interface Listed {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
