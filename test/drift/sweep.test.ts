import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { lookIn } from '../../coordination/drift/look.ts';
import { driftFound } from '../../coordination/drift/found.ts';
import { createMetrics } from '../../runtime/telemetry.ts';
import { draftOf } from '../coordination/engine.ts';
import { withStores } from '../support/store.ts';
import { openWorld, type World } from './world.ts';

/** Fields of a record that a person changes by hand, and the attribute of which they are the copy. */
const edits = [
  ['ERP', 'name', { OrganizationBPName1: 'Written By Hand' }],
  ['BILLING', 'name', { name: 'Written By Hand' }],
  ['BILLING', 'legalEntity', { business: { legal_name: 'Written By Hand Ltd' } }],
  ['BILLING', 'billingAddress', { address: { lines: ['1 Hand Street'], city: 'Handham', country: 'GB' } }],
  ['BILLING', 'paymentTerms', { terms: { code: 'HAND', label: 'By hand', days_until_due: 3 } }],
] as const;

withStores((open) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(await open(), 200);
  });
  beforeEach(() => world.right());

  /** Some customers, as far from each other as they are many. */
  const some = (count: number, from = 0) =>
    world.ids.filter((_, i) => i % Math.floor(world.ids.length / count) === from).slice(0, count);

  test('of customers that nobody has touched nothing differs', async () => {
    const swept = await world.sweep();
    expect(swept).toMatchObject({ walked: 200, total: 200, different: 0, moving: 0, unreachable: 0 });
    expect(swept.compared).toBeGreaterThan(world.ids.length * 4);
    expect(await world.differences()).toEqual([]);
  });

  test("every copy that was edited by hand is found, and no other; repair gives each its owner's value again", async () => {
    const touched: string[] = [];
    const before = new Map<string, unknown>();
    for (const [n, id] of some(20).entries()) {
      const [keeper, attribute, fields] = edits[n % edits.length] ?? edits[0];
      before.set(`${id}/${keeper}`, own(await world.record(keeper, id)));
      await world.edit(keeper, id, fields);
      touched.push(`${id}/${keeper}/${attribute} TO_REPAIR`);
    }
    expect(await world.sweep('repair')).toMatchObject({ different: 20, repaired: 20, asked: 0 });
    expect(await world.differences()).toEqual(touched.toSorted());
    expect((await driftFound(world.store.db)).reduce((sum, { found }) => sum + found, 0)).toBe(20);
    await world.repair();
    for (const [place, record] of before) {
      const [id = '', keeper = ''] = place.split('/');
      expect(own(await world.record(keeper as 'ERP', id))).toEqual(record);
    }
    await world.suspects('repair');
    expect(await world.differences()).toEqual([]);
    expect(await world.sweep('repair')).toMatchObject({ different: 0, repaired: 0 });
    expect(await world.items()).toEqual([]);
  });

  test('a write in flight is no drift, and what differs after it is', async () => {
    const [one = '', other = ''] = some(2, 1);
    for (const id of [one, other]) await world.edit('BILLING', id, { name: 'Moving' });
    await world.process.journal.accept(draftOf({ name: 'Another Name' }, { entityId: one }), null, false);
    expect(await world.sweep()).toMatchObject({ different: 1, moving: 1, asked: 1 });
    expect(await world.differences()).toEqual([`${other}/BILLING/name ASKED`]);
    await world.process.carryOn();
    // The write has put it right itself.
    await world.suspects();
    expect(await world.differences()).toEqual([`${other}/BILLING/name ASKED`]);
    expect(await world.record('BILLING', one)).toMatchObject({ name: 'Another Name' });
    await world.edit('BILLING', one, { name: 'Moved' });
    expect(await world.sweep()).toMatchObject({ different: 2, moving: 0, asked: 1 });
  });

  test('a customer that is becoming one with another is left alone meanwhile', async () => {
    const [id = ''] = some(1, 6);
    const { db } = world.store;
    await world.edit('BILLING', id, { name: 'By Hand' });
    await db.query('insert into coordination_barrier values ($1, gen_random_uuid())', [id]);
    expect(await world.sweep('repair')).toMatchObject({ different: 0, moving: 1, repaired: 0 });
    await db.query('delete from coordination_barrier');
    await world.suspects();
    expect(await world.differences()).toEqual([`${id}/BILLING/name ASKED`]);
  });

  test('a write that was over between two readings is no drift', async () => {
    const [id = ''] = some(1, 2);
    const erp = world.inspectors.get('ERP');
    if (!erp) throw new Error('there is an ERP');
    const inspectors = new Map(world.inspectors);
    // The CRM is asked first, so that its value is of before the write, and the ERP's of after it.
    inspectors.set('ERP', {
      ...erp,
      async inspect(...asked) {
        await world.process.journal.accept(draftOf({ name: 'In Between' }, { entityId: id }), null, false);
        await world.process.carryOn();
        return erp.inspect(...asked);
      },
    });
    const look = lookIn({ db: world.store.db, inspectors, callTimeout: 10_000 });
    expect(await world.sweep('ask', { look, most: 500 })).toMatchObject({ different: 0, moving: 2 });
    await world.suspects();
    expect(await world.differences()).toEqual([]);
  });

  test('a sweep whose process has ended goes on where it was, and finds each difference once', async () => {
    const touched = some(10, 3);
    for (const id of touched) await world.edit('ERP', id, { OrganizationBPName1: 'Once' });
    const first = await world.step({ lease: 0 });
    expect(first).toMatchObject({ state: 'GOING_ON', walked: 50 });
    // It ends before anything of its second step is stored.
    const { db } = world.store;
    const dying = { ...db, transaction: () => Promise.reject(new Error('ended')) };
    await expect(world.step({ db: dying, lease: 0 })).rejects.toThrow('ended');
    const rest = await world.sweep();
    expect(rest).toMatchObject({ walked: 200, different: 10, asked: 10 });
    expect((await world.items()).map(({ key }) => key)).toEqual(
      touched.map((id) => `${id}/ERP/name`).toSorted(),
    );
  });

  test('a server sweeps by itself when it is time, and not before', async () => {
    const [id = ''] = some(1, 5);
    await world.edit('ERP', id, { OrganizationBPName1: 'By Hand' });
    const metrics = createMetrics();
    const ended = async () => {
      const [row] = await world.store.db.query<{ sweep: number; running: boolean }>(
        'select sweep, running from coordination_drift_sweep',
      );
      return row?.running === false ? row.sweep : 0;
    };
    const before = await ended();
    await world.server({ sweepInterval: 3_600_000 }).stop();
    expect([await ended(), await world.differences()]).toEqual([before, []]);
    await world.store.db.query(`update coordination_drift_sweep set ended_at = ended_at - interval '1 hour'`);
    const server = world.server({ sweepInterval: 3_600_000, metrics });
    while ((await ended()) !== before + 1);
    await server.stop();
    expect(await world.differences()).toEqual([`${id}/ERP/name ASKED`]);
    expect(await metrics.text()).toMatch(/^drift_last_sweep_seconds \d/m);
  });

  test('a system that cannot be asked is told of, and what is known of it stays', async () => {
    const [id = ''] = some(1, 4);
    const { name } = await world.record('BILLING', id);
    await world.edit('BILLING', id, { name: 'Known' });
    await world.sweep();
    const inspectors = new Map(world.inspectors).set('BILLING', {
      system: 'BILLING',
      inspect: () => Promise.resolve(null),
    });
    const look = lookIn({ db: world.store.db, inspectors, callTimeout: 10_000 });
    const swept = await world.sweep('ask', { look });
    expect(swept.unreachable).toBe(200 * 4);
    expect(await world.differences()).toEqual([`${id}/BILLING/name ASKED`]);
    await world.edit('BILLING', id, { name });
    await world.sweep();
    expect([await world.differences(), await world.items()]).toEqual([[], []]);
  });
});

/** A record without what every change of it changes. */
function own(record: Readonly<Record<string, unknown>>): unknown {
  const moving = ['@odata.etag', 'LastChangeDate', 'LastChangeTime', 'updated', 'resource_version'];
  return Object.fromEntries(Object.entries(record).filter(([name]) => !moving.includes(name)));
}
