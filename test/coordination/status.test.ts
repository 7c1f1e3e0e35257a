import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Examined } from '../../coordination/participant.ts';
import { statusPlan } from '../../coordination/status/plan.ts';
import { statuses } from '../../coordination/status/transitions.ts';
import type { Values } from '../../coordination/write.ts';
import type { LifecycleStatus } from '../../schema/generated/coordination.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';

const able = { guarantee: 'EFFECTIVELY_ONCE', conditional: true, keyed: false } as const;
const keyed = { guarantee: 'EFFECTIVELY_ONCE', conditional: false, keyed: true } as const;
const unreachable = { code: 'SYSTEM_UNAVAILABLE', message: 'down' };
const found = (values: Values, same: readonly string[] = [], refusals: readonly string[] = []) => ({
  ...{ version: 'v7', values, same, restore: {}, restored: false },
  refusals: refusals.map((attribute) => ({ code: 'INVALID_VALUE', message: 'no', attribute })),
});
const crm = (lifecycleStatus: string, refusals: readonly string[] = []): Examined => ({
  ...able,
  found: found({ lifecycleStatus }, [], refusals),
});
const erp = (creditStatus = 'OPEN', refusals: readonly string[] = []): Examined => ({
  ...able,
  found: found({ creditStatus, orderBlock: 'NONE' }, [], refusals),
});
const billing = (amount = '0.00'): Examined => ({
  ...keyed,
  found: found({ balance: { amount, currency: 'EUR' }, collection: 'ACTIVE' }),
});
const plan = (to: LifecycleStatus, all: Partial<Record<SystemName, Examined | null>>) =>
  statusPlan(
    { entity: 'Customer', entityId: 'c', to },
    new Map(Object.entries(all)) as ReadonlyMap<SystemName, Examined | null>,
  );
const shown = ({ refusals }: ReturnType<typeof plan>) =>
  refusals.map(({ code, owner, attribute }) => `${code} ${owner} ${attribute}`);

describe('a change of status', () => {
  const names = Object.keys(statuses) as LifecycleStatus[];

  test.each(names.flatMap((from) => names.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    const refused = shown(plan(to, { CRM: crm(from), ERP: erp(), BILLING: billing() }));
    const allowed = from === to || statuses[to].from.includes(from);
    expect(refused).toEqual(allowed ? [] : ['TRANSITION_NOT_ALLOWED CRM lifecycleStatus']);
  });

  test('every status but the first is reached, and every one is left again', () => {
    for (const name of names) expect(statuses[name].from.length).toBeGreaterThan(0);
    for (const name of names) expect(names.some((to) => statuses[to].from.includes(name))).toBe(true);
  });

  test('docs/lifecycle.md tells the same', () => {
    const rows = readFileSync('docs/lifecycle.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+`/.test(line));
    const words = (cell = '') => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, word]) => word);
    const documented = rows.map((row) => {
      const [, to, from, , erp, billing] = row.split('|');
      const others = names.filter((name) => !words(to).includes(name));
      const sources = from?.trim() === 'every other' ? others : words(from);
      return [words(to)[0], [...sources].sort(), words(erp), words(billing)];
    });
    const kept = names.map((name) => {
      const { from, effects } = statuses[name];
      return [name, [...from].sort(), Object.values(effects.ERP ?? {}), Object.values(effects.BILLING ?? {})];
    });
    expect(documented).toEqual(kept);
  });

  test('what can be undone comes first, what closes the account last, bound to the status that was seen', () => {
    const { steps } = plan('CLOSED', { CRM: crm('ACTIVE'), ERP: erp(), BILLING: billing() });
    expect(
      steps.map(({ system, changes, expect: version, undoable }) => [system, changes, version, undoable]),
    ).toEqual([
      ['CRM', { lifecycleStatus: 'CLOSED' }, 'v7', true],
      ['ERP', { orderBlock: 'ORDERS_AND_DELIVERIES' }, null, true],
      ['BILLING', { collection: 'CLOSED' }, null, false],
    ]);
    expect(steps.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2]);
  });

  test.each<[string, LifecycleStatus, Partial<Record<SystemName, Examined | null>>, readonly string[]]>([
    [
      'without credit nobody becomes active',
      'ACTIVE',
      { CRM: crm('ON_HOLD'), ERP: erp('BLOCKED', ['orderBlock']), BILLING: billing() },
      ['GUARD_FAILED ERP creditStatus'],
    ],
    [
      'who owes something is not closed',
      'CLOSED',
      { CRM: crm('ACTIVE'), ERP: erp(), BILLING: billing('0.01') },
      ['GUARD_FAILED BILLING balance'],
    ],
    [
      'who is owed something is not closed either',
      'CLOSED',
      { CRM: crm('ACTIVE'), ERP: erp(), BILLING: billing('-12.00') },
      ['GUARD_FAILED BILLING balance'],
    ],
    [
      'what the CRM says against it is a guard',
      'CLOSED',
      { CRM: crm('ACTIVE', ['lifecycleStatus']), ERP: erp(), BILLING: billing() },
      ['GUARD_FAILED CRM lifecycleStatus'],
    ],
    [
      'all that stands against it is told at once',
      'CLOSED',
      { CRM: crm('CLOSED', ['lifecycleStatus']), ERP: null, BILLING: billing('5') },
      ['GUARD_FAILED BILLING balance', 'GUARD_FAILED CRM lifecycleStatus'],
    ],
    [
      'nobody becomes active where a system does not know him',
      'ACTIVE',
      { CRM: crm('ONBOARDING'), ERP: { ...able, found: null }, BILLING: billing() },
      ['UNKNOWN_TO_OWNER ERP orderBlock'],
    ],
    [
      'a prospect that only the CRM knows is closed there',
      'CLOSED',
      { CRM: crm('PROSPECT'), ERP: { ...able, found: null }, BILLING: { ...keyed, found: null } },
      [],
    ],
    [
      'where the CRM cannot be asked nobody knows from where',
      'ON_HOLD',
      { CRM: { ...able, unreachable, found: null }, ERP: erp(), BILLING: billing() },
      ['OWNER_UNAVAILABLE CRM lifecycleStatus'],
    ],
    [
      'where a guard cannot be asked it does not hold',
      'CLOSED',
      { CRM: crm('ACTIVE'), ERP: erp(), BILLING: { ...keyed, unreachable, found: null } },
      ['OWNER_UNAVAILABLE BILLING balance'],
    ],
    [
      'where an effect only has to wait it waits',
      'SUSPENDED',
      { CRM: crm('ACTIVE'), ERP: { ...able, unreachable, found: null }, BILLING: billing() },
      [],
    ],
  ])('%s', (_, to, all, refused) => {
    expect(shown(plan(to, all))).toEqual(refused);
  });

  test('where the systems are not known to it they are left out of the plan, and waited for where they are down', () => {
    const none = plan('CLOSED', {
      CRM: crm('PROSPECT'),
      ERP: { ...able, found: null },
      BILLING: { ...keyed, found: null },
    });
    expect(none.steps.map(({ system }) => system)).toEqual(['CRM']);
    const down = plan('SUSPENDED', { CRM: crm('ACTIVE'), ERP: null, BILLING: billing() });
    expect(down.steps.map(({ system, before }) => [system, before !== null])).toEqual([
      ['CRM', true],
      ['ERP', false],
      ['BILLING', true],
    ]);
  });
});
