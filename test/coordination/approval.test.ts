import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { receipts } from '../../coordination/receipt.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
const approver = () => by('approver', ['customer:approve:finance']);
const limit = (amount: string) => ({ creditLimit: { amount, currency: 'EUR' } });

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  let id: string;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  async function set(): Promise<void> {
    stage = make();
    one = await stage.start();
    [id = ''] = await stage.customers(1);
    stage.erp.touch(id, limit('1'));
  }
  /** Lets no order through to the CRM until it is opened. */
  function gate() {
    const opened = Promise.withResolvers<undefined>();
    stage.crm.faults.before = () => opened.promise;
    return () => {
      opened.resolve(undefined);
    };
  }

  test('nothing is done before a second person has approved, and then all of it', async () => {
    await set();
    const update = asked(id, { ...limit('2'), industry: 'new' });
    const write = await accepted(one.update(update, caller()));
    expect(write).toMatchObject({ state: 'AWAITING_APPROVAL', approve: ['customer:approve:finance'] });
    // Whoever sends it again is not kept waiting either.
    expect(await accepted(one.update(update, caller()))).toEqual(write);
    expect(stage.log).toEqual([]);
    const told = await one.approve(write.id, approver());
    expect(told).toMatchObject({ refusals: [], write: { approval: { by: 'approver', granted: true } } });
    expect((await accepted(one.update(update, caller()))).state).toBe('SUCCEEDED');
    expect(stage.erp.record(id)).toEqual(limit('2'));
    expect(stage.crm.record(id)).toEqual({ industry: 'new' });
  });

  test('the requester and whoever lacks the scope are refused, and nothing changes', async () => {
    await set();
    const write = await accepted(one.update(asked(id, limit('2')), caller()));
    const refusals = await Promise.all([
      one.approve(write.id, caller()),
      one.decline(write.id, 'no', caller()),
      one.approve(write.id, by('colleague', ['customer:approve:sales', 'customer:operate:writes'])),
      one.decline(write.id, 'no', by('colleague', [])),
      one.approve('00000000-0000-4000-8000-000000000000', approver()),
    ]);
    expect(refusals.map((told) => told.refusals.map(({ code }) => code))).toEqual([
      ['SAME_PERSON'],
      ['SAME_PERSON'],
      ['NOT_PERMITTED'],
      ['NOT_PERMITTED'],
      ['UNKNOWN_WRITE'],
    ]);
    expect(await one.write(write.id, caller())).toEqual(write);
    expect(stage.log).toEqual([]);
  });

  test('a declined write is over, keeps the reason, and nobody starts it anew', async () => {
    await set();
    const write = await accepted(one.update(asked(id, limit('2')), caller()));
    const told = await one.decline(write.id, 'too much', approver());
    expect(told).toMatchObject({
      refusals: [],
      write: { state: 'CANCELLED', approval: { by: 'approver', granted: false, reason: 'too much' } },
    });
    if (!told.write) throw new Error('there is no write');
    expect(receipts(told.write, [])).toMatchObject([{ outcome: 'REJECTED', cause: { code: 'CANCELLED' } }]);
    const later = [
      await one.approve(write.id, approver()),
      await one.decline(write.id, null, approver()),
      await one.retry(write.id, caller()),
      await one.cancel(write.id, caller()),
    ];
    expect(later.map(({ refusals }) => refusals.map(({ code }) => code))).toEqual([
      ['NOT_AWAITING_APPROVAL'],
      ['NOT_AWAITING_APPROVAL'],
      ['NOTHING_TO_RETRY'],
      ['TOO_LATE'],
    ]);
    await stage.quiet();
    expect(stage.log).toEqual([]);
  });

  test('of several decisions at once exactly one counts', async () => {
    await set();
    const write = await accepted(one.update(asked(id, limit('2')), caller()));
    const told = await Promise.all([
      ...Array.from({ length: 4 }, (_, n) => one.approve(write.id, by(`approver ${n}`))),
      ...Array.from({ length: 4 }, (_, n) => one.decline(write.id, null, by(`decliner ${n}`))),
    ]);
    expect(told.filter(({ refusals }) => refusals.length === 0)).toHaveLength(1);
    await stage.quiet();
    const ended = await one.write(write.id, caller());
    expect(stage.log).toHaveLength(ended?.approval?.granted === true ? 1 : 0);
  });

  test('a write that waits for a person holds up nobody', async () => {
    await set();
    const waiting = asked(id, limit('2'));
    const write = await accepted(one.update(waiting, caller()));
    const later = await accepted(one.update(asked(id, { creditStatus: 'BLOCKED' }), caller()));
    expect(later.state).toBe('SUCCEEDED');
    // Its turn comes after what was accepted meanwhile.
    await one.approve(write.id, approver());
    await accepted(one.update(waiting, caller()));
    expect(stage.log.map(({ wireKey }) => wireKey.slice(0, 36))).toEqual([later.id, write.id]);
  });

  test('a value that nobody had to approve, because it was there, is not put back without approval', async () => {
    await set();
    const open = gate();
    const first = asked(id, { ...limit('2'), industry: 'new' });
    await one.approve((await accepted(one.update(first, caller()))).id, approver());
    await stage.until(() => stage.crm.calls.apply === 1);
    // It reads 1, which is there until the first one has come to the ERP.
    const second = await accepted(one.update(asked(id, limit('1'), { wait: 'ACCEPTED' }), caller()));
    open();
    await accepted(one.update(first, caller()));
    await stage.quiet();
    expect(await one.write(second.id, caller())).toMatchObject({
      state: 'FAILED',
      steps: [{ cause: { code: 'PLAN_CHANGED', attribute: 'creditLimit' } }],
    });
    expect(stage.erp.record(id)).toEqual(limit('2'));
  });

  test('a write is cancelled while nothing of it has begun, and not afterwards', async () => {
    await set();
    const open = gate();
    const running = await accepted(one.update(asked(id, { industry: '1' }, { wait: 'ACCEPTED' }), caller()));
    await stage.until(() => stage.crm.calls.apply === 1);
    const queued = await accepted(one.update(asked(id, { industry: '2' }, { wait: 'ACCEPTED' }), caller()));
    const waiting = await accepted(one.update(asked(id, limit('2')), caller()));
    const codes = async (write: { id: string }, context = caller()) =>
      (await one.cancel(write.id, context)).refusals.map(({ code }) => code);
    expect(await codes(queued, by('stranger', ['customer:write:sales']))).toEqual(['NOT_PERMITTED']);
    expect(await codes(running)).toEqual(['TOO_LATE']);
    expect(await codes(queued)).toEqual([]);
    expect(await codes(queued)).toEqual(['TOO_LATE']);
    expect(await codes(waiting, by('operator', ['customer:operate:writes']))).toEqual([]);
    const told = await one.write(queued.id, caller());
    if (!told) throw new Error('there is no write');
    expect(receipts(told, [])).toMatchObject([{ outcome: 'REJECTED', cause: { code: 'CANCELLED' } }]);
    open();
    await stage.quiet();
    expect(await codes(running)).toEqual(['TOO_LATE']);
    expect(stage.log.map(({ wireKey }) => wireKey.slice(0, 36))).toEqual([running.id]);
    expect((await accepted(one.update(asked(id, { industry: '3' }), caller()))).state).toBe('SUCCEEDED');
  });
});
