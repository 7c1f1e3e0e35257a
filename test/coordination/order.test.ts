import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Stage } from './stage.ts';

const caller = () => by('caller');

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());
  const many = (count: number): number => (stage.db.kind === 'pglite' ? count / 5 : count);

  /** Ids of the writes of a customer, in the order of their numbers. */
  async function numbered(id: string): Promise<readonly string[]> {
    const rows = await stage.db.query<{ id: string }>(
      'select id from coordination_write where queue = $1 order by number',
      [id],
    );
    return rows.map((row) => row.id);
  }
  const effects = () => stage.log.map(({ wireKey }) => wireKey.slice(0, 36));
  /** Lets nobody's order through to the CRM who is one of these, until it is opened. */
  function gate(ids: readonly string[]) {
    const opened = Promise.withResolvers<undefined>();
    stage.crm.faults.before = ({ entityId }) => (ids.includes(entityId) ? opened.promise : undefined);
    return () => {
      opened.resolve(undefined);
    };
  }

  test('eight writers of one attribute lose nothing, and their effects come in the order of their numbers', async () => {
    stage = make();
    const processes = await Promise.all([stage.start(), stage.start()]);
    const [id = ''] = await stage.customers(1);
    const each = many(50);
    const writes = await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        const own = [];
        for (let n = 0; n < each; n++) {
          const one = processes[writer % 2];
          if (one) own.push(await accepted(one.update(asked(id, { industry: `${writer} ${n}` }), caller())));
        }
        return own;
      }),
    );
    expect(writes.flat()).toHaveLength(8 * each);
    expect(effects()).toEqual(await numbered(id));
    // Each began where the one before had ended.
    const chain = new Map(writes.flat().map((write) => [write.id, write.steps[0]]));
    const versions = effects().map((write) => chain.get(write));
    expect(versions.map((step) => step?.before?.version)).toEqual(
      versions.map((_, n) => versions[n - 1]?.versionAfter ?? '1'),
    );
    expect(stage.crm.record(id)).toEqual(stage.log.at(-1)?.values);
  });

  test('who waits behind one customer holds up no other one', async () => {
    stage = make();
    const one = await stage.start();
    const [blocked = '', ...others] = await stage.customers(20);
    const open = gate([blocked]);
    const first = one.update(asked(blocked, { industry: 'first' }), caller());
    await stage.until(() => stage.crm.calls.apply === 1);
    const second = one.update(asked(blocked, { industry: 'second' }), caller());
    await Promise.all(others.map((id) => accepted(one.update(asked(id, { industry: 'new' }), caller()))));
    expect(stage.log.map(({ entityId }) => entityId)).not.toContain(blocked);
    open();
    await Promise.all([accepted(first), accepted(second)]);
    expect(stage.crm.record(blocked)).toEqual({ industry: 'second' });
  });

  test('a write that is cancelled in the middle of a queue lets nobody pass the head', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    const open = gate([id]);
    const first = await accepted(one.update(asked(id, { industry: '1' }, { wait: 'ACCEPTED' }), caller()));
    const second = await accepted(one.update(asked(id, { industry: '2' }, { wait: 'ACCEPTED' }), caller()));
    const third = await accepted(one.update(asked(id, { industry: '3' }, { wait: 'ACCEPTED' }), caller()));
    await stage.until(() => stage.crm.calls.apply === 1);
    expect(await one.cancel(second.id, caller())).toMatchObject({
      write: { state: 'CANCELLED' },
      refusals: [],
    });
    await stage.sound();
    open();
    await stage.quiet();
    expect(effects()).toEqual([first.id, third.id]);
    expect(stage.crm.record(id)).toEqual({ industry: '3' });
  });

  test('a write that is cancelled while the one before ends neither stops nor is stopped', async () => {
    stage = make();
    const processes = await Promise.all([stage.start(), stage.start()]);
    const ids = await stage.customers(many(50));
    const ends = await Promise.all(
      ids.map(async (id, n) => {
        const [one, other] = n % 2 === 0 ? processes : processes.toReversed();
        if (!one || !other) throw new Error('two processes were started');
        const last = ['1', '2', '3'].map((industry) =>
          one.update(asked(id, { industry }, { wait: 'ACCEPTED' }), caller()),
        );
        const [, second] = await Promise.all(last.map(accepted));
        const told = await other.cancel(second?.id ?? '', caller());
        expect(['CANCELLED', 'TOO_LATE']).toContain(told.refusals[0]?.code ?? told.write?.state);
        return told.refusals.length === 0 ? 2 : 3;
      }),
    );
    await stage.quiet();
    expect(stage.log).toHaveLength(ends.reduce((sum, one) => sum + one, 0));
    for (const id of ids) {
      const cancelled = await stage.db.query<{ id: string }>(
        `select id from coordination_write where queue = $1 and state = 'CANCELLED'`,
        [id],
      );
      const expected = (await numbered(id)).filter((write) => cancelled.every((row) => row.id !== write));
      const own = stage.log.filter(({ entityId }) => entityId === id);
      expect(own.map(({ wireKey }) => wireKey.slice(0, 36))).toEqual(expected);
    }
  });

  test('a version that is stale is refused with both values', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    stage.crm.touch(id, { industry: 'theirs' });
    const update = asked(id, { industry: 'ours' }, { expect: [{ system: 'CRM', version: '1' }] });
    expect(await one.update(update, caller())).toMatchObject({
      write: null,
      refusals: [{ code: 'VERSION_CONFLICT', attribute: 'industry', current: 'theirs', expected: 'ours' }],
    });
    const { refusals } = await one.update({ ...update, expect: [{ system: 'CRM', version: '2' }] }, caller());
    expect(refusals).toEqual([]);
    expect(stage.crm.record(id)).toEqual({ industry: 'ours' });
  });

  test('a version that becomes stale in the queue ends the write, with the value that is there', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    const open = gate([id]);
    const expects = { expect: [{ system: 'CRM', version: '1' }] } as const;
    const first = one.update(asked(id, { industry: 'first' }, expects), caller());
    await stage.until(() => stage.crm.calls.apply === 1);
    const second = await accepted(
      one.update(asked(id, { industry: 'second' }, { ...expects, wait: 'ACCEPTED' }), caller()),
    );
    open();
    await accepted(first);
    await stage.quiet();
    const write = await one.write(second.id, caller());
    expect(write).toMatchObject({
      state: 'FAILED',
      steps: [
        {
          changes: { industry: 'second' },
          cause: { code: 'VERSION_CONFLICT', current: { industry: 'first' } },
        },
      ],
    });
    expect(stage.crm.record(id)).toEqual({ industry: 'first' });
  });

  test('a value that was there when it was read, and was changed before the write was accepted, is written', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    stage.crm.touch(id, { industry: 'old' });
    const open = gate([id]);
    const first = one.update(asked(id, { industry: 'new' }), caller());
    await stage.until(() => stage.crm.calls.apply === 1);
    // The second one reads while the first one waits in the queue, and is accepted when nobody does.
    const looked = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<undefined>();
    stage.crm.faults.looked = () => {
      looked.resolve(undefined);
      return answer.promise;
    };
    const second = one.update(asked(id, { industry: 'old' }), caller());
    await looked.promise;
    stage.crm.faults.looked = undefined;
    open();
    await accepted(first);
    expect(stage.crm.record(id)).toEqual({ industry: 'new' });
    answer.resolve(undefined);
    expect((await accepted(second)).state).toBe('SUCCEEDED');
    expect(stage.crm.record(id)).toEqual({ industry: 'old' });
  });
});
