import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Outcome } from '../../coordination/participant.ts';
import { receipts } from '../../coordination/receipt.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
const lost: Outcome = { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' };
const no: Outcome = { status: 'REFUSED', causes: [{ code: 'INVALID_VALUE', message: 'no' }] };

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  let id: string;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  async function set(...given: Parameters<typeof make>): Promise<void> {
    stage = make(...given);
    one = await stage.start({ attempts: 3 });
    [id = ''] = await stage.customers(1);
  }
  const name = (value: string) => asked(id, { name: value });
  /** What was written to a system, in order. */
  const written = (system: string) =>
    stage.log.filter((one) => one.system === system).map(({ values }) => values);
  const shown = async (write: { id: string }) => {
    const view = await one.write(write.id, caller());
    if (!view) throw new Error('there is no write');
    return view;
  };

  test('copies are made once the owner has confirmed, with the value that it kept', async () => {
    await set();
    stage.crm.faults.after = () => ({
      status: 'APPLIED',
      version: '9',
      values: { name: 'As The CRM Has It' },
    });
    const write = await accepted(one.update(name('as the crm has it'), caller()));
    await stage.quiet();
    expect(stage.log.map(({ system }) => system).toSorted()).toEqual(['BILLING', 'CRM', 'ERP']);
    expect(stage.log[0]).toMatchObject({ system: 'CRM', wireKey: `${write.id}.0.0` });
    expect([...written('ERP'), ...written('BILLING')]).toEqual([
      { name: 'As The CRM Has It' },
      { name: 'As The CRM Has It' },
    ]);
    const view = await shown(write);
    expect(receipts(view, view.copies)).toMatchObject([
      { attribute: 'name', owner: 'CRM', copyTo: null, outcome: 'APPLIED' },
      { attribute: 'name', owner: 'CRM', copyTo: 'ERP', outcome: 'APPLIED' },
      { attribute: 'name', owner: 'CRM', copyTo: 'BILLING', outcome: 'APPLIED' },
    ]);
  });

  test('what the owner refuses, has already or takes back is not copied', async () => {
    await set();
    stage.crm.faults.before = () => no;
    expect((await accepted(one.update(name('refused'), caller()))).state).toBe('FAILED');
    stage.crm.faults.before = undefined;
    stage.crm.touch(id, { name: 'same' });
    expect((await accepted(one.update(name('same'), caller()))).state).toBe('SUCCEEDED');
    stage.billing.faults.before = () => no;
    const back = asked(id, { name: 'taken back', provisioningId: 'refused' });
    expect((await accepted(one.update(back, caller()))).state).toBe('FAILED');
    await stage.quiet();
    expect([written('ERP'), written('BILLING')]).toEqual([[], []]);
    expect(
      await stage.db.query('select from coordination_write where parent is not null and queue like $1', [
        `${id}%`,
      ]),
    ).toEqual([]);
  });

  test('a system that does not answer holds up neither the caller nor the next write, and gets all in order', async () => {
    await set();
    const opened = Promise.withResolvers<undefined>();
    stage.erp.faults.before = () => opened.promise;
    const writes = [];
    for (const value of ['1', '2', '3']) writes.push(await accepted(one.update(name(value), caller())));
    expect(writes.map(({ state }) => state)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    await stage.until(() => written('BILLING').length === 3);
    expect(written('ERP')).toEqual([]);
    const [first] = writes;
    const copies = first ? (await shown(first)).copies : [];
    expect(copies.find(({ steps }) => steps[0]?.system === 'ERP')?.state).toBe('RUNNING');
    opened.resolve(undefined);
    await stage.quiet();
    const all = [{ name: '1' }, { name: '2' }, { name: '3' }];
    expect([written('CRM'), written('ERP'), written('BILLING')]).toEqual([all, all, all]);
  });

  test('a system that is down for a while gets its copies when it is back', async () => {
    await set();
    stage.erp.faults.reading = () => null;
    const write = await accepted(one.update(name('new'), caller()));
    await stage.until(async () =>
      (await shown(write)).copies.some(({ steps }) => (steps[0]?.waits ?? 0) > 1),
    );
    expect(written('ERP')).toEqual([]);
    stage.erp.faults.reading = undefined;
    await stage.quiet();
    expect(written('ERP')).toEqual([{ name: 'new' }]);
  });

  test('a copy whose attempts are used up is a dead letter of its own, and can be started anew', async () => {
    await set();
    stage.billing.faults.before = () => lost;
    const write = await accepted(one.update(name('new'), caller()));
    await stage.quiet();
    const view = await shown(write);
    expect(view.state).toBe('SUCCEEDED');
    expect(receipts(view, view.copies).find(({ copyTo }) => copyTo === 'BILLING')).toMatchObject({
      ...{ outcome: 'NEEDS_REVIEW', attempts: 3, cause: { code: 'SYSTEM_UNAVAILABLE' } },
    });
    stage.billing.faults.before = undefined;
    expect(
      await one.redrive({ entityIds: [id], systems: ['BILLING'], limit: 10 }, false, caller()),
    ).toMatchObject({
      ...{ count: 1, refusals: [], writes: [{ parent: write.id }] },
    });
    await stage.quiet();
    expect(written('BILLING')).toEqual([{ name: 'new' }]);
  });

  test('an old copy is not started anew over a later one', async () => {
    await set();
    stage.billing.faults.before = () => lost;
    await accepted(one.update(name('old'), caller()));
    await stage.quiet();
    stage.billing.faults.before = undefined;
    await accepted(one.update(name('new'), caller()));
    await stage.quiet();
    const told = await one.redrive({ entityIds: [id], limit: 10 }, false, caller());
    expect(told).toMatchObject({ count: 0, refusals: [{ code: 'SUPERSEDED', attribute: 'name' }] });
    expect(stage.billing.record(id)).toEqual({ name: 'new' });
  });

  /** A write that holds together, of which the CRM has its part and the ERP does not answer. */
  async function half() {
    stage.erp.faults.before = ({ kind }) => (kind === 'OWNER' ? lost : undefined);
    const write = await accepted(one.update(asked(id, { name: 'first', creditStatus: 'BLOCKED' }), caller()));
    expect(write.state).toBe('REVIEW');
    await stage.quiet();
    expect(stage.billing.record(id)).toEqual({ name: 'first' });
    return write;
  }

  test('a write that is started anew does not copy again what was copied, and changed since', async () => {
    await set();
    const write = await half();
    await accepted(one.update(name('second'), caller()));
    await stage.quiet();
    stage.erp.faults.before = undefined;
    expect((await one.retry(write.id, caller())).refusals).toEqual([]);
    await stage.quiet();
    expect((await shown(write)).state).toBe('SUCCEEDED');
    const records = [stage.crm, stage.erp, stage.billing].map((owner) => owner.record(id).name);
    expect(records).toEqual(['second', 'second', 'second']);
  });

  test('what is taken back after it was copied is taken back in the copies', async () => {
    await set();
    stage.crm.touch(id, { name: 'before' });
    const write = await half();
    stage.erp.faults.before = ({ kind }) => (kind === 'OWNER' ? no : undefined);
    expect((await one.retry(write.id, caller())).refusals).toEqual([]);
    await stage.quiet();
    expect((await shown(write)).state).toBe('FAILED');
    const records = [stage.crm, stage.erp, stage.billing].map((owner) => owner.record(id).name);
    expect(records).toEqual(['before', 'before', 'before']);
  });
});
