import { expect, test } from '@jest/globals';
import { requestContext } from '../../runtime/context.ts';
import type { Connector, ListPage } from '../../subgraphs/connector.ts';
import type { Account, AccountRows } from '../../subgraphs/crm/index.ts';
import { groupsOf } from '../../subgraphs/crm/group.ts';

/** Groups over accounts of which `below` says who is below whom. */
function over(below: (key: string) => readonly string[], above: (key: string) => string | null = () => null) {
  const calls: (readonly string[])[] = [];
  const connector = {
    capabilities: { batchSize: 2000 },
    list(_: unknown, { parents, first, after }: { parents: string[]; first: number; after: string | null }) {
      calls.push(parents);
      const pages = parents.map((parent): [string, ListPage<{ Id: string }>] => {
        const all = below(parent);
        const from = after === null ? 0 : all.indexOf(after) + 1;
        const rows = all.slice(from, from + first).map((Id) => ({ position: Id, row: { Id } }));
        return [parent, { rows, total: all.length, hasNext: from + first < all.length }];
      });
      return Promise.resolve(new Map(pages));
    },
  } as unknown as Connector<Account, AccountRows>;
  const record = (_: unknown, { key }: { key: string }) =>
    Promise.resolve({ key, version: '1', updatedAt: '', record: { ParentId: above(key) } });
  const groups = groupsOf(connector, (context, run) => run(context.signal), { record });
  return { ...groups, calls };
}
const context = () => requestContext({ timeout: 1000, signal: new AbortController().signal });
/** Two below each, so many levels deep. */
const binary = (levels: number) => (key: string) => (key.length < levels ? [`${key}0`, `${key}1`] : []);

test('a level is one call, for however many customers of a request', async () => {
  const groups = over(binary(4));
  const one = context();
  const [whole, half] = await Promise.all([groups.members(one, 'x'), groups.members(one, 'x0')]);
  expect(whole.keys).toHaveLength(15);
  expect({ ...whole, keys: whole.keys.slice(0, 3) }).toEqual({ keys: ['x', 'x0', 'x1'], complete: true });
  expect(half).toEqual({ keys: half.keys, complete: true });
  expect(groups.calls.map((parents) => parents.length)).toEqual([2, 3, 6, 4]);
});

test('more than a page below one account is read page by page', async () => {
  const groups = over((key) => (key === 'x' ? Array.from({ length: 2500 }, (_, i) => `c${i}`) : []));
  const { keys, complete } = await groups.members(context(), 'x');
  expect({ size: keys.length, complete }).toEqual({ size: 2501, complete: true });
});

test.each([
  ['of 20 levels is whole', 20, 20, true],
  ['of 21 levels is cut below the 20th', 21, 20, false],
] as const)('a group %s', async (_, levels, size, complete) => {
  const groups = over((key) => (key.length < levels ? [`${key}x`] : []));
  const found = await groups.members(context(), 'x');
  expect({ size: found.keys.length, complete: found.complete }).toEqual({ size, complete });
});

test('a group of more than 10,000 is cut, and says so', async () => {
  const groups = over((key) => (key === 'x' ? Array.from({ length: 20_000 }, (_, i) => `c${i}`) : []));
  const { keys, complete } = await groups.members(context(), 'x');
  expect({ size: keys.length, first: keys[0], complete }).toEqual({
    size: 10_000,
    first: 'x',
    complete: false,
  });
});

test('a circle ends, both ways', async () => {
  const next = new Map([
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ]);
  const groups = over(
    (key) => [next.get(key) ?? ''],
    (key) => next.get(key) ?? null,
  );
  expect(await groups.members(context(), 'a')).toEqual({ keys: ['a', 'b', 'c'], complete: true });
  expect(await groups.top(context(), 'a')).toBeNull();
});

test('the top of a group is where nobody is above', async () => {
  const groups = over(
    () => [],
    (key) => (key.length > 1 ? key.slice(0, -1) : null),
  );
  expect(await groups.top(context(), 'abcd')).toBe('a');
  expect(await groups.top(context(), 'a')).toBe('a');
});
