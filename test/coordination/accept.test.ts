import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Db } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, inWaves, openStage, type Stage } from './stage.ts';

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());
  /** Fewer where the store takes one statement at a time. */
  const many = (count: number): number => (stage.db.kind === 'pglite' ? count / 8 : count);

  test('the same key at the same time is carried out once, and all are told the same', async () => {
    stage = make();
    const one = await stage.start();
    const ids = await stage.customers(many(200));
    await inWaves(ids, async (id) => {
      const update = asked(id, { industry: `of ${id}` });
      const told = await Promise.all(Array.from({ length: 16 }, () => one.update(update, by('caller'))));
      const [write] = new Set(told.map((each) => each.write?.id));
      expect(told.map((each) => ({ ...each, replayed: null }))).toEqual(
        told.map(() => expect.objectContaining({ refusals: [], write: { ...told[0]?.write, id: write } })),
      );
      expect(told.filter(({ replayed }) => !replayed)).toHaveLength(1);
    });
    expect(stage.log.map(({ entityId }) => entityId).toSorted()).toEqual(ids.toSorted());
    expect(ids.map((id) => stage.crm.record(id).industry)).toEqual(ids.map((id) => `of ${id}`));
  }, 240_000);

  test('the same key in two processes is carried out once', async () => {
    stage = make();
    const processes = await Promise.all([stage.start(), stage.start()]);
    const ids = await stage.customers(many(80));
    await Promise.all(
      ids.flatMap((id) => {
        const update = asked(id, { industry: 'new' });
        return processes.map((one) => accepted(one.update(update, by('caller'))));
      }),
    );
    expect(stage.log.map(({ entityId }) => entityId).toSorted()).toEqual(ids.toSorted());
  });

  test('a key with another body is refused every time, and has no effect', async () => {
    stage = make();
    const one = await stage.start();
    const ids = await stage.customers(many(1000));
    const firsts = ids.map((id) => asked(id, { industry: 'first' }));
    await inWaves(firsts, (first) => accepted(one.update(first, by('caller'))));
    const before = [...stage.log];
    const others = await inWaves(firsts, (first) =>
      one.update({ ...first, changes: { industry: 'other' } }, by('caller')),
    );
    expect(others.map(({ write, refusals }) => [write, refusals.map(({ code }) => code)])).toEqual(
      ids.map(() => [null, ['IDEMPOTENCY_KEY_REUSED']]),
    );
    expect(stage.log).toEqual(before);
  }, 120_000);

  test('two bodies under one key at the same time: one is carried out, the other one refused', async () => {
    stage = make();
    const one = await stage.start();
    const ids = await stage.customers(many(160));
    await inWaves(ids, async (id) => {
      const update = asked(id, { industry: 'one' });
      const both = [update, { ...update, changes: { industry: 'other' } }];
      const told = await Promise.all(both.map((each) => one.update(each, by('caller'))));
      expect(told.map(({ write, refusals }) => write?.state ?? refusals[0]?.code).toSorted()).toEqual([
        'IDEMPOTENCY_KEY_REUSED',
        'SUCCEEDED',
      ]);
    });
    expect(stage.log).toHaveLength(ids.length);
  });

  test('the same key for another customer at the same time does not stop either queue', async () => {
    stage = make();
    const one = await stage.start();
    const ids = await stage.customers(2);
    const key = randomUUID();
    const told = await Promise.all(
      ids.map((id) => one.update(asked(id, { industry: 'new' }, { idempotencyKey: key }), by('caller'))),
    );
    expect(told.filter(({ write }) => write !== null)).toHaveLength(1);
    for (const id of ids)
      await accepted(one.update(asked(id, { website: 'https://a.example/' }), by('caller')));
    expect(stage.log).toHaveLength(3);
  });

  test('the key of somebody else is another key', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    const update = asked(id, { industry: 'new' });
    const first = await accepted(one.update(update, by('caller')));
    const other = await accepted(one.update({ ...update, changes: { industry: 'other' } }, by('colleague')));
    expect(other.id).not.toBe(first.id);
  });

  test('the receipt is kept: the same key and body give it later, whatever has happened since', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    const update = asked(id, { industry: 'first' });
    const first = await accepted(one.update(update, by('caller')));
    await accepted(one.update(asked(id, { industry: 'second' }), by('caller')));
    const again = await one.update({ ...update, wait: 'ACCEPTED' }, by('caller'));
    expect(again).toEqual({ write: first, refusals: [], entityId: id, followedMerge: false, replayed: true });
    expect(stage.crm.record(id)).toEqual({ industry: 'second' });
  });

  test('in any order of what happens at the store and the owners, each key has one effect, in order', async () => {
    stage = make();
    const numRuns = stage.db.kind === 'pglite' ? 10 : 40;
    let done = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat({ max: 4 }), { minLength: 2, maxLength: 8 }),
        async (scheduler, keys) => {
          let scheduled = false;
          const delayed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
            if (scheduled) await scheduler.schedule(Promise.resolve(), what);
            const result = await work();
            if (scheduled) await scheduler.schedule(Promise.resolve(), `${what} done`);
            return result;
          };
          const over = (db: Db): Db => ({
            ...db,
            query: (sql, parameters) => {
              const what = /coordination_(accept|settle|claim)\(|body_hash/.exec(sql)?.[0];
              return what === undefined
                ? db.query(sql, parameters)
                : delayed(what, () => db.query(sql, parameters));
            },
          });
          stage = make({}, over);
          const { crm } = stage;
          crm.faults.before = () => delayed('call', () => Promise.resolve(undefined));
          crm.faults.after = () => delayed('answer', () => Promise.resolve(undefined));
          const one = await stage.start();
          const [id = ''] = await stage.customers(1);
          scheduled = true;
          const updates = keys.map((key) =>
            accepted(
              one.update(
                asked(id, { industry: `value ${key}` }, { idempotencyKey: `${id} ${key}` }),
                by('caller'),
              ),
            ),
          );
          await scheduler.waitFor(Promise.all(updates));
          scheduled = false;
          await scheduler.waitIdle();
          const writes = await Promise.all(updates);
          await stage.quiet();
          const numbers = await stage.db.query<{ id: string }>(
            'select id from coordination_write where queue = $1 order by number',
            [id],
          );
          expect(new Set(writes.map((write) => write.id)).size).toBe(new Set(keys).size);
          expect(numbers).toHaveLength(new Set(keys).size);
          // The owner's log against the order of the numbers, less those that found their value there already.
          expect(stage.log.map(({ wireKey }) => wireKey.slice(0, 36))).toEqual(numbers.map((row) => row.id));
          const last = writes.find((write) => write.id === numbers.at(-1)?.id);
          expect(crm.record(id).industry).toBe(last?.steps[0]?.changes.industry);
          await stage.close();
          done++;
        },
      ),
      { numRuns },
    );
    expect(done).toBe(numRuns);
  });
});
