import { expect, test } from '@jest/globals';
import { bothWays, type Graph } from './houses.ts';

interface Customer {
  readonly id: string;
  readonly balance: Money | null;
  readonly creditLimit: Money | null;
  readonly records: readonly { readonly system: string; readonly key: string }[];
}
interface Money {
  readonly amount: string;
  readonly currency: string;
}

const all = `{ customers(first: 12) { edges { node {
  id balance { amount currency } creditLimit { amount currency } records { system key } } } } }`;
const group = `query ($id: ID!) { customer(id: $id) {
  ultimateParent { id name } group { customerIds complete }
  groupBalance { balances { amount currency } customers complete }
  groupExposure { limits { amount currency } customers blocked complete } } }`;
const put = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  write { state } refusals { code attribute message } } }`;

bothWays((graph) => {
  const customers = async (): Promise<readonly Customer[]> => {
    const { data } = await graph().ask(all);
    const { edges } = (data as unknown as { customers: { edges: { node: Customer }[] } }).customers;
    return edges.map(({ node }) => node);
  };
  const move = (customerId: string, parent: string | null, key: string) =>
    graph().ask(put, { input: { customerId, idempotencyKey: key, changes: { parent } } });
  const groupOf = async (id: string) =>
    ((await graph().ask(group, { id })).data as Readonly<Record<string, unknown>> | null)?.customer;

  test('what a group owes and may owe is the sum of its members', async () => {
    const [top, ...below] = (await customers()).slice(0, 6);
    if (!top) throw new Error('no customers');
    const [left, right, ...leaves] = below;
    const tree = [[left, top], [right, top], ...leaves.map((leaf) => [leaf, left])] as const;
    for (const [one, above] of tree)
      expect(await move(one?.id ?? '', above?.id ?? '', `tree ${one?.id}`)).toMatchObject({ errors: [] });
    const members = [top, ...below];
    const found = await groupOf(top.id);
    expect(found).toMatchObject({
      ultimateParent: { id: top.id },
      group: { complete: true },
      groupBalance: {
        ...{ customers: 6, complete: true },
        balances: sums(members.map(({ balance }) => balance)),
      },
      groupExposure: { complete: true, limits: sums(members.map(({ creditLimit }) => creditLimit)) },
    });
    for (const leaf of leaves)
      expect(await groupOf(leaf.id)).toMatchObject({
        ...{ ultimateParent: { id: top.id }, group: { customerIds: [leaf.id], complete: true } },
      });
    const ids = (found as { group: { customerIds: string[] } }).group.customerIds;
    expect(ids[0]).toBe(top.id);
    expect([...ids].sort()).toEqual(members.map(({ id }) => id).sort());
  });

  test('nobody is put below himself, through however many levels', async () => {
    const [top, left, , leaf] = (await customers()).slice(0, 6);
    for (const [above, key] of [
      [top, 'itself'],
      [left, 'one level'],
      [leaf, 'two levels'],
    ] as const) {
      const { data } = await move(top?.id ?? '', above?.id ?? '', key);
      expect(data?.updateCustomer).toMatchObject({
        write: null,
        refusals: [{ code: 'INVALID_VALUE', attribute: 'parent' }],
      });
    }
  });

  test('of writes that would close a circle together, at most one takes place', async () => {
    for (let round = 0; round < 4; round++) {
      const [one, other] = (await customers()).slice(6 + round, 8 + round);
      await Promise.all([
        move(one?.id ?? '', other?.id ?? '', `race ${round} one`),
        move(other?.id ?? '', one?.id ?? '', `race ${round} other`),
      ]);
      expect(await circles(graph())).toEqual([]);
    }
  });
});

/** Accounts that are above themselves, as the CRM's own table has them. */
async function circles({ store }: Graph): Promise<readonly unknown[]> {
  return store.db.query(
    `with recursive up (key, parent, depth) as (
       select key, parent, 1 from crm_account where parent is not null and not deleted
       union all
       select up.key, a.parent, depth + 1 from up join crm_account a on a.key = up.parent
         where a.parent is not null and depth < 30
     ) select key from up where key = parent or depth >= 30`,
  );
}

function sums(amounts: readonly (Money | null)[]): readonly Money[] {
  const known = amounts.filter((one) => one !== null);
  const currencies = [...new Set(known.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => ({
    currency,
    amount: known
      .filter((one) => one.currency === currency)
      .reduce((sum, { amount }) => sum + Number(amount), 0)
      .toFixed(2),
  }));
}
