import { expect, test } from '@jest/globals';
import { changesBetween } from '../../schema/changes.ts';
import { compose, type Composed } from '../../schema/compose.ts';
import { orderContracts, type Variation } from './fixtures.ts';

const read = '@requiresScopes(scopes: [["order:read"], ["auditor"]])';
const write = '@governed(write: ["order:write", "desk"], approve: ["boss"], copiedTo: [DEPOT])';

interface PermissionEdit {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly found: readonly string[];
}

const permissionEdits: readonly PermissionEdit[] = [
  {
    title: 'one more scope needed',
    from: '["order:read"]',
    to: '["order:read", "vip"]',
    found: ['BREAKING READ_NARROWED'],
  },
  { title: 'one way in less', from: ', ["auditor"]', to: '', found: ['BREAKING READ_NARROWED'] },
  {
    title: 'one way in more',
    from: ', ["auditor"]',
    to: ', ["auditor"], ["guest"]',
    found: ['DANGEROUS READ_WIDENED'],
  },
  { title: 'every known caller', from: read, to: '@authenticated', found: ['DANGEROUS READ_WIDENED'] },
  { title: 'everybody', from: read, to: '', found: ['DANGEROUS READ_WIDENED'] },
  {
    title: 'a policy on top',
    from: read,
    to: `${read} @policy(policies: [["eu"]])`,
    found: ['BREAKING READ_NARROWED'],
  },
  {
    title: 'another scope instead',
    from: '[["order:read"], ["auditor"]]',
    to: '[["sales:read"]]',
    found: ['BREAKING READ_NARROWED', 'DANGEROUS READ_WIDENED'],
  },
  {
    title: 'personal from now on',
    from: write,
    to: `${write} @personal(reveal: ["pii"])`,
    found: ['BREAKING MASKED'],
  },
  { title: 'no longer written', from: write, to: '', found: ['BREAKING WRITE_REMOVED'] },
  {
    title: 'one more scope to write',
    from: '"desk"',
    to: '"desk", "vip"',
    found: ['BREAKING WRITE_NARROWED'],
  },
  { title: 'one scope less to write', from: ', "desk"', to: '', found: ['DANGEROUS WRITE_WIDENED'] },
  { title: 'no second person', from: ', approve: ["boss"]', to: '', found: ['DANGEROUS APPROVAL_CHANGED'] },
  {
    title: 'no waiting',
    from: 'copiedTo',
    to: 'confirm: ASYNC, copiedTo',
    found: ['DANGEROUS CONFIRMATION_CHANGED'],
  },
  { title: 'no copy', from: ', copiedTo: [DEPOT]', to: '', found: ['SAFE COPIES_CHANGED'] },
];

test.each(permissionEdits)('permissions: $title', ({ from, to, found }) => {
  const attribute = `"A remark." note: String @owner(system: SHOP) ${write} ${read}`;
  expect(attribute).toContain(from);
  const before = composed({ attributes: attribute });
  const after = composed({ attributes: attribute.replace(from, to) });
  const changes = changesBetween(before, after);
  expect(changes.map(({ impact, code }) => `${impact} ${code}`)).toEqual(found);
  expect(changes.every(({ coordinate }) => coordinate === 'Order.note')).toBe(true);
});

test('permissions: written for the first time, and by another owner', () => {
  const note = '"A remark." note: String @authenticated';
  const before = composed({ attributes: `${note} @owner(system: SHOP)` });
  const after = composed({ depot: `${note} @owner(system: DEPOT) @governed(write: ["order:write"])` });
  expect(changesBetween(before, after).map(({ impact, code }) => `${impact} ${code}`)).toEqual([
    'DANGEROUS OWNER_CHANGED',
    'SAFE WRITE_ADDED',
  ]);
});

function composed(variation: Variation): Composed {
  const result = compose(orderContracts(variation));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result;
}
