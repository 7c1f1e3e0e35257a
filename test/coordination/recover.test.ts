import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { withStores } from '../support/store.ts';
import { ended } from './engine.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
/** Where another process has to wait for the end of a lease, it is short. */
const short = { lease: 600, callTimeout: 200 };

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  /** A process with one write in each situation that it may leave behind, and the customers of these. */
  async function inAllSituations(one: Process) {
    const { crm, erp } = stage;
    const [calling = '', answered = '', behind = '', put = '', unheld = '', waiting = ''] =
      await stage.customers(6);
    const never = Promise.withResolvers<undefined>();
    const update = async (id: string, industry: string, given: Parameters<typeof asked>[2] = {}) =>
      accepted(one.update(asked(id, { industry }, { wait: 'ACCEPTED', ...given }), caller()));
    crm.faults.before = ({ entityId }) => (entityId === calling ? never.promise : undefined);
    crm.faults.after = ({ entityId }) => (entityId === answered ? never.promise : undefined);
    const writes = [await update(calling, '1'), await update(answered, '1')];
    await stage.until(() => crm.calls.apply === 2);
    writes.push(await update(calling, '2'), await update(behind, '1'), await update(behind, '2'));
    await stage.until(() => stage.log.filter(({ entityId }) => entityId === behind).length === 2);
    erp.faults.reading = () => null;
    writes.push(
      await accepted(one.update(asked(put, { creditStatus: 'BLOCKED' }, { wait: 'ACCEPTED' }), caller())),
    );
    await stage.until(async () => {
      const [write] = await stage.db.query<{ state: string }>(
        `select state from coordination_write where queue = $1 and (select (body ->> 'waits')::int > 0
           from coordination_step where write_id = id)`,
        [put],
      );
      return write !== undefined;
    });
    const held = await accepted(
      one.update(asked(waiting, { accountOwner: { name: 'Ada', email: null } }), caller()),
    );
    expect(held.state).toBe('AWAITING_APPROVAL');
    return { writes, unheld, waiting: held };
  }

  test('a process that ends with writes accepted, held, waiting and queued leaves nothing behind', async () => {
    stage = make();
    const one = await stage.start(short);
    const { writes, unheld, waiting } = await inAllSituations(one);
    // The last thing it does is to accept a write that it has no time to begin.
    const accepting = one.update(
      asked(unheld, { industry: '1' }, { lane: 'BULK', wait: 'ACCEPTED' }),
      caller(),
    );
    await stage.until(async () => {
      const rows = await stage.db.query('select from coordination_write where queue = $1', [unheld]);
      return rows.length > 0;
    });
    one.end();
    await accepting.catch((error: unknown) => {
      if (error !== ended) throw error;
    });
    stage.crm.faults = {};
    stage.erp.faults = {};

    const next = await stage.start();
    await stage.quiet();
    expect((await next.approve(waiting.id, by('colleague'))).refusals).toEqual([]);
    await stage.quiet();
    const ends = await Promise.all([...writes, waiting].map(({ id }) => next.write(id, caller())));
    expect(ends.map((write) => write?.state)).toEqual(ends.map(() => 'SUCCEEDED'));
    const keys = stage.log.map(({ wireKey }) => wireKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => writes.some(({ id }) => key.startsWith(id)))).toHaveLength(writes.length);
    expect(stage.crm.record(unheld)).toEqual({ industry: '1' });
    expect(stage.crm.record(waiting.entityId)).toEqual({ accountOwner: { name: 'Ada', email: null } });
    for (const { entityId } of writes.slice(0, 1))
      expect(stage.crm.record(entityId)).toEqual({ industry: '2' });
  });

  test('a caller whose process has ended is given the write by the next one under its key', async () => {
    stage = make();
    const one = await stage.start(short);
    const [id = ''] = await stage.customers(1);
    const never = Promise.withResolvers<undefined>();
    stage.crm.faults.after = () => never.promise;
    const update = asked(id, { industry: 'new' });
    // Nobody waits for its answer any more.
    void one.update(update, by('caller', ['*'], 1)).catch(() => undefined);
    await stage.until(() => stage.log.length === 1);
    one.end();
    stage.crm.faults = {};
    const next = await stage.start();
    const told = await next.update(update, caller());
    expect(told).toMatchObject({
      replayed: true,
      write: { state: 'SUCCEEDED', steps: [{ state: 'APPLIED' }] },
    });
    expect(stage.log).toHaveLength(1);
  });

  test('a process that stops lets what runs come to its end, and takes up nothing more', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    const opened = Promise.withResolvers<undefined>();
    stage.crm.faults.before = () => opened.promise;
    const first = await accepted(one.update(asked(id, { industry: '1' }, { wait: 'ACCEPTED' }), caller()));
    const second = await accepted(one.update(asked(id, { industry: '2' }, { wait: 'ACCEPTED' }), caller()));
    await stage.until(() => stage.crm.calls.apply === 1);
    const stopped = one.stop();
    opened.resolve(undefined);
    await stopped;
    expect(await one.write(first.id, caller())).toMatchObject({ state: 'SUCCEEDED' });
    expect(await one.write(second.id, caller())).toMatchObject({ state: 'PENDING' });
    const next = await stage.start();
    await stage.quiet();
    expect(await next.write(second.id, caller())).toMatchObject({ state: 'SUCCEEDED' });
  });
});
