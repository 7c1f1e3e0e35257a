import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ordersIn } from '../../coordination/drift/order.ts';
import type { StoredItem } from '../../steward/index.ts';
import { draftOf } from '../coordination/engine.ts';
import { withStores } from '../support/store.ts';
import { openWorld, type World } from './world.ts';

withStores((open) => {
  let world: World;
  let next = 0;
  beforeAll(async () => {
    world = await openWorld(await open(), 30);
  });
  beforeEach(() => world.right());

  /** A customer that no other test has had. */
  const fresh = (): string => {
    const id = world.ids[next++];
    if (id === undefined) throw new Error('there are too few customers');
    return id;
  };
  /** A copy that was edited by hand, and the item about it. */
  async function violated(id: string, name = 'By Hand'): Promise<StoredItem> {
    await world.edit('BILLING', id, { name });
    await world.feed();
    await world.suspects();
    const [item] = await world.items();
    if (!item) throw new Error('nobody is asked');
    return item;
  }
  const decide = (item: StoredItem, decision: 'REPAIR' | 'ADOPT' | 'IGNORE', at = '2026-01-31T09:30:00Z') =>
    world.decided({
      ...{ item, decision, by: 'ann', approvedBy: null, at, reason: 'seen', customer: null, approve: [] },
    });

  test('what a system tells of a copy that was edited in it is asked about at once', async () => {
    const id = fresh();
    const item = await violated(id);
    const { resource_version: version } = await world.record('BILLING', id);
    expect(item).toMatchObject({
      kind: 'OWNERSHIP_VIOLATION',
      key: `${id}/BILLING/name`,
      entityIds: [id],
      sides: [
        { customer: id, system: 'CRM' },
        { customer: id, system: 'BILLING' },
      ],
      evidence: { attributes: ['name'], owner: ['CRM'], copy: ['BILLING'], version: [String(version)] },
    });
    expect(JSON.stringify(item)).not.toContain('By Hand');
  });

  test("an edit of what the system owns, and one that changes no copy, is nobody's affair", async () => {
    const id = fresh();
    await world.edit('ERP', id, { CreditLimit: '123.00', CreditLimitCurrency: 'EUR' });
    const { OrganizationBPName1 } = await world.record('ERP', id);
    await world.edit('ERP', id, { OrganizationBPName1 });
    await world.feed();
    expect(await world.store.db.query('select from coordination_drift_suspect')).toEqual([]);
  });

  test("by the policy of repair the owner's value is written again, without anybody being asked", async () => {
    const id = fresh();
    const { OrganizationBPName1: name } = await world.record('ERP', id);
    await world.edit('ERP', id, { OrganizationBPName1: 'By Hand' });
    await world.feed();
    await world.suspects('repair');
    await world.repair();
    expect(await world.record('ERP', id)).toMatchObject({ OrganizationBPName1: name });
    await world.feed();
    await world.suspects('repair');
    expect([await world.differences(), await world.items()]).toEqual([[], []]);
  });

  test('what was put right by hand meanwhile need not be decided any more', async () => {
    const id = fresh();
    const { name } = await world.record('BILLING', id);
    await violated(id);
    await world.edit('BILLING', id, { name });
    await world.feed();
    await world.suspects();
    expect([await world.differences(), await world.items()]).toEqual([[], []]);
  });

  test("REPAIR gives the copy its owner's value, once, however often it is continued", async () => {
    const id = fresh();
    const { name } = await world.record('BILLING', id);
    const item = await violated(id);
    expect(await decide(item, 'REPAIR')).toEqual({ status: 'DONE' });
    await world.process.carryOn();
    expect(await world.record('BILLING', id)).toMatchObject({ name });
    await world.edit('BILLING', id, { name: 'Later' });
    await decide(item, 'REPAIR').catch(() => undefined);
    await world.process.carryOn();
    expect(await world.record('BILLING', id)).toMatchObject({ name: 'Later' });
  });

  test("ADOPT makes the copy's value the owner's, and from there that of all copies", async () => {
    const id = fresh();
    expect(await decide(await violated(id, 'Adopted Ltd'), 'ADOPT')).toEqual({ status: 'DONE' });
    await world.process.carryOn();
    expect(await world.record('ERP', id)).toMatchObject({ OrganizationBPName1: 'Adopted Ltd' });
    await world.suspects();
    expect(await world.sweep()).toMatchObject({ different: 0 });
  });

  test('ADOPT of what takes an approval waits for it, and nobody is asked meanwhile', async () => {
    const id = fresh();
    const { business } = await world.record('BILLING', id);
    await world.edit('BILLING', id, { business: { ...(business as object), legal_name: 'Adopted AG' } });
    await world.feed();
    await world.suspects();
    const [item] = await world.items();
    if (!item) throw new Error('nobody is asked');
    const { db } = world.store;
    expect(await decide(item, 'ADOPT')).toEqual({ status: 'DONE' });
    await db.query(`update steward_item set state = 'CLOSED'`);
    const written = await db.query(
      `select state, request -> 'approve' as approve from coordination_write where queue = $1 and state <> 'SUCCEEDED'`,
      [id],
    );
    expect(written).toEqual([{ state: 'AWAITING_APPROVAL', approve: ['customer:approve:finance'] }]);
    await world.suspects();
    await world.sweep();
    expect([await world.differences(), await world.items()]).toEqual([
      [`${id}/BILLING/legalEntity ORDERED`],
      [],
    ]);
    await db.query(`update coordination_write set state = 'CANCELLED' where queue = $1`, [id]);
    await world.suspects();
    expect(await world.items()).toMatchObject([{ key: item.key, state: 'OPEN' }]);
  });

  test('ADOPT of what the owner would not take is refused, in words without values', async () => {
    const id = fresh();
    await world.edit('BILLING', id, { terms: { code: 'HAND', label: 'By hand', days_until_due: 3 } });
    await world.feed();
    await world.suspects();
    const [item] = await world.items();
    if (!item) throw new Error('nobody is asked');
    const outcome = await decide(item, 'ADOPT');
    expect(outcome).toMatchObject({ status: 'REFUSED', code: 'INVALID_VALUE' });
    expect(JSON.stringify(outcome)).not.toContain('HAND');
  });

  test('IGNORE leaves the copy as it is, until it is another one', async () => {
    const id = fresh();
    const item = await violated(id);
    expect(await decide(item, 'IGNORE')).toEqual({ status: 'DONE' });
    await world.store.db.query(`update steward_item set state = 'CLOSED'`);
    await world.sweep();
    expect([await world.differences(), await world.items()]).toEqual([[`${id}/BILLING/name IGNORED`], []]);
    expect((await violated(id, 'Another')).key).toBe(item.key);
  });

  test('a repair that was read before a write is not written after it', async () => {
    const id = fresh();
    await world.edit('BILLING', id, { name: 'By Hand' });
    await world.sweep('repair');
    const crm = world.participants.get('CRM');
    if (!crm) throw new Error('there is a CRM');
    const { db } = world.store;
    const meanwhile = async (over: boolean) => {
      const draft = draftOf({ name: `Newer ${String(over)}` }, { entityId: id });
      await world.process.journal.accept(draft, null, false);
      if (over) await world.process.carryOn();
    };
    const repairing = (over: boolean) =>
      ordersIn({
        ...{ db, callTimeout: 10_000, look: () => undefined },
        participants: new Map(world.participants).set('CRM', {
          ...crm,
          async examine(...asked) {
            const examined = await crm.examine(...asked);
            await meanwhile(over);
            return examined;
          },
        }),
      }).repair('Customer', { entityId: id, system: 'BILLING', attribute: 'name' }, by);
    const by = { key: 'k', requestedBy: 'ann', reason: 'seen', lane: 'BULK' } as const;
    expect([await repairing(false), await repairing(true)]).toEqual(['BUSY', 'BUSY']);
    await world.repair();
    expect(await world.record('BILLING', id)).toMatchObject({ name: 'Newer true' });
  });

  test('of a customer that is no longer one of its own nobody need decide', async () => {
    const [id, other] = [fresh(), fresh()];
    await violated(id);
    const { db } = world.store;
    await db.query('update identity_customer set merged_into = $2::uuid where id = $1::uuid', [id, other]);
    await world.sweep();
    expect([await world.differences(), await world.items()]).toEqual([[], []]);
    await db.query('update identity_customer set merged_into = null where id = $1::uuid', [id]);
  });

  test('a repair that the system refuses is for a person', async () => {
    const id = fresh();
    await world.edit('BILLING', id, { name: 'By Hand' });
    await world.sweep('repair');
    const billing = world.refusing('BILLING');
    await world.repair();
    billing();
    await world.suspects('repair');
    expect(await world.differences()).toEqual([`${id}/BILLING/name ASKED`]);
  });
});
