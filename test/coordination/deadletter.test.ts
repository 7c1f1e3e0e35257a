import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Outcome } from '../../coordination/participant.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, inWaves, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
const lost: Outcome = { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' };

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  /** Customers of whom the CRM takes nothing. */
  const poisoned = new Set<string>();
  async function set(count: number): Promise<readonly string[]> {
    stage = make();
    one = await stage.start({ attempts: 3 });
    poisoned.clear();
    stage.crm.faults.before = ({ entityId }) => (poisoned.has(entityId) ? lost : undefined);
    const ids = await stage.customers(count);
    poisoned.add(ids[0] ?? '');
    return ids;
  }
  const of = (id: string) => ({ entityIds: [id], limit: 100 });
  const codes = (told: { refusals: readonly { code: string }[] }) => told.refusals.map(({ code }) => code);
  /** A dead letter for a customer, and the request that it came of. */
  async function dead(id: string, industry = 'first') {
    const update = asked(id, { industry });
    const write = await accepted(one.update(update, caller()));
    expect(write.state).toBe('REVIEW');
    return { update, write };
  }

  test('one poisonous write among a thousand is parked with its cause, and the others end as ever', async () => {
    stage = make();
    const ids = await set(stage.db.kind === 'pglite' ? 200 : 1000);
    const [poison = ''] = ids;
    const writes = await inWaves(ids, (id) => accepted(one.update(asked(id, { industry: 'new' }), caller())));
    expect(writes.filter(({ state }) => state === 'SUCCEEDED')).toHaveLength(ids.length - 1);
    expect(writes[0]).toMatchObject({
      state: 'REVIEW',
      steps: [{ state: 'DEAD', attempts: 3, cause: { code: 'SYSTEM_UNAVAILABLE', message: 'cut' } }],
    });
    expect(stage.crm.calls.apply).toBe(ids.length - 1 + 3);
    expect(stage.log).toHaveLength(ids.length - 1);

    const found = await one.redrive({ limit: 100 }, true, caller());
    expect(found).toMatchObject({ count: 1, refusals: [], writes: [writes[0]] });
    expect(await one.write(writes[0]?.id ?? '', caller())).toEqual(writes[0]);
    for (const other of [
      { systems: ['ERP'] },
      { codes: ['OTHER'] },
      { entityIds: ids.slice(1, 3) },
    ] as const) {
      expect(await one.redrive({ ...other, limit: 100 }, true, caller())).toMatchObject({ count: 0 });
    }
    // The cause is still there: it comes back.
    expect(await one.redrive(of(poison), false, caller())).toMatchObject({ count: 1 });
    await stage.quiet();
    expect(await one.redrive(of(poison), true, caller())).toMatchObject({ count: 1 });
    poisoned.clear();
    const told = await one.redrive(
      { ...of(poison), systems: ['CRM'], codes: ['SYSTEM_UNAVAILABLE'] },
      false,
      caller(),
    );
    expect(told).toMatchObject({ count: 1, refusals: [] });
    await stage.quiet();
    expect(await one.write(writes[0]?.id ?? '', caller())).toMatchObject({ state: 'SUCCEEDED' });
    expect(stage.log).toHaveLength(ids.length);
    expect(await one.redrive(of(poison), false, caller())).toMatchObject({ count: 0, refusals: [] });
  });

  test('a dead letter holds up nothing of its own customer', async () => {
    const [id = ''] = await set(1);
    await dead(id);
    poisoned.clear();
    expect((await accepted(one.update(asked(id, { segment: 'RESELLER' }), caller()))).state).toBe(
      'SUCCEEDED',
    );
    expect((await one.redrive(of(id), false, caller())).count).toBe(1);
    await stage.quiet();
    expect(stage.crm.record(id)).toEqual({ segment: 'RESELLER', industry: 'first' });
  });

  test.each(['has changed', 'found unchanged', 'is about to change'])(
    'what a later write %s is not undone by starting an earlier one anew',
    async (how) => {
      const [id = ''] = await set(1);
      const { write } = await dead(id);
      poisoned.clear();
      if (how === 'found unchanged') stage.crm.touch(id, { industry: 'second' });
      const gate = Promise.withResolvers<undefined>();
      if (how === 'is about to change') stage.crm.faults.before = () => gate.promise;
      const wait = how === 'is about to change' ? 'ACCEPTED' : 'CONFIRMED';
      await accepted(one.update(asked(id, { industry: 'second' }, { wait }), caller()));
      const before = await one.write(write.id, caller());
      expect(codes(await one.redrive(of(id), true, caller()))).toEqual(['SUPERSEDED']);
      expect(await one.redrive(of(id), false, caller())).toMatchObject({ count: 0, writes: [] });
      expect(await one.retry(write.id, caller())).toMatchObject({
        refusals: [{ code: 'SUPERSEDED', attribute: 'industry', owner: 'CRM' }],
      });
      expect(await one.write(write.id, caller())).toEqual(before);
      gate.resolve(undefined);
      await stage.quiet();
      expect(stage.crm.record(id)).toEqual({ industry: 'second' });
    },
  );

  test('a call that arrives after the write was parked is found, and not repeated', async () => {
    const [id = ''] = await set(1);
    const { write } = await dead(id);
    stage.crm.touch(id, { industry: 'first' });
    expect(codes(await one.retry(write.id, caller()))).toEqual([]);
    await stage.quiet();
    expect(await one.write(write.id, caller())).toMatchObject({ state: 'SUCCEEDED' });
    expect(stage.log).toEqual([]);
  });

  test('two people who start the same write anew start it once', async () => {
    const [id = ''] = await set(1);
    const { write } = await dead(id);
    poisoned.clear();
    const told = await Promise.all([
      ...Array.from({ length: 4 }, () => one.retry(write.id, caller())),
      ...Array.from({ length: 4 }, async () => {
        const { count, refusals } = await one.redrive(of(id), false, caller());
        return { refusals: count === 0 && refusals.length === 0 ? [{ code: 'NONE' }] : refusals };
      }),
    ]);
    expect(told.filter(({ refusals }) => refusals.length === 0)).toHaveLength(1);
    await stage.quiet();
    expect(stage.log).toHaveLength(1);
  });

  test('what has succeeded, is on its way or is not there has nothing to start anew', async () => {
    const [, id = ''] = await set(2);
    const write = await accepted(one.update(asked(id, { industry: 'new' }), caller()));
    expect(codes(await one.retry(write.id, caller()))).toEqual(['NOTHING_TO_RETRY']);
    expect(codes(await one.retry('00000000-0000-4000-8000-000000000000', caller()))).toEqual([
      'UNKNOWN_WRITE',
    ]);
    const gate = Promise.withResolvers<undefined>();
    stage.crm.faults.before = () => gate.promise;
    const later = await accepted(
      one.update(asked(id, { industry: 'newer' }, { wait: 'ACCEPTED' }), caller()),
    );
    expect(codes(await one.retry(later.id, caller()))).toEqual(['NOTHING_TO_RETRY']);
    gate.resolve(undefined);
    await stage.quiet();
    expect(stage.log).toHaveLength(2);
  });
});
