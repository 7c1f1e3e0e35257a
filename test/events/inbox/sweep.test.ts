import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sweepOf, type Swept } from '../../../events/inbox/sweep.ts';
import { forgetMessages } from '../../../events/inbox/receive.ts';
import { createIdentity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import { withStores } from '../../support/store.ts';
import { captured, emptied, inboxOf, openInbox, readerOf, sourceOf } from './stage.ts';
import { seal } from '../../support/seal.ts';

withStores((open) => {
  let db: Db;
  const { signal } = new AbortController();

  beforeAll(async () => {
    db = await openInbox(open);
  });
  beforeEach(() => emptied(db));

  /** A system with these records, all of them known. */
  async function stage(count: number) {
    const { source, records } = sourceOf();
    const keys = Array.from({ length: count }, (_, i) => `k${String(i).padStart(3, '0')}`);
    for (const key of keys) records.set(key, key);
    await createIdentity({ db, seal }).register.enrol(
      keys.map((key) => ({ records: [{ system: 'ERP', key }], facts: {} })),
    );
    const asked: string[][] = [];
    const swept: Swept = {
      system: 'ERP',
      present: (some) => {
        asked.push([...some]);
        return Promise.resolve(new Set(some.filter((key) => records.has(key))));
      },
    };
    return { source, records, swept, asked };
  }
  const sweep = (options: { readonly interval?: number; readonly lease?: number } = {}) => {
    const { crosswalk } = createIdentity({ db, seal });
    const keysAfter: typeof crosswalk.keysAfter = (...given) => crosswalk.keysAfter(...given);
    return sweepOf({ ...{ db, keysAfter, interval: 60_000, most: 10 }, ...options });
  };
  const beDue = () => db.query('update events_sweep set due = now()');

  test('records that are gone without a word are found, read again, and told as gone', async () => {
    const { source, records, swept, asked } = await stage(25);
    const step = sweep();
    expect(await step(swept, signal)).toEqual({ state: 'NOT_DUE' });
    await beDue();
    records.delete('k003');
    records.delete('k024');
    const states = [];
    for (let i = 0; i < 5; i++) states.push(await step(swept, signal));
    expect(states).toEqual([
      { state: 'GOING_ON', compared: 10, gone: 1 },
      { state: 'GOING_ON', compared: 20, gone: 1 },
      { state: 'GOING_ON', compared: 25, gone: 2 },
      { state: 'ENDED', compared: 25, gone: 2 },
      { state: 'NOT_DUE' },
    ]);
    expect(asked.flat()).toHaveLength(25);
    await readerOf(db, source).drain();
    expect(await captured(db)).toEqual(['SWEEP k003 gone', 'SWEEP k024 gone']);

    await beDue();
    expect(await step(swept, signal)).toEqual({ state: 'GOING_ON', compared: 10, gone: 0 });
  });

  test('a record that a second reading finds is not told as gone', async () => {
    const { source, swept } = await stage(1);
    const step = sweep();
    await step(swept, signal);
    await beDue();
    const blind: Swept = { ...swept, present: () => Promise.resolve(new Set()) };
    expect(await step(blind, signal)).toMatchObject({ gone: 1 });
    await readerOf(db, source).drain();
    expect(await captured(db)).toEqual(['SWEEP k000 k000']);
  });

  test('a sweep that was left goes on where it was, in another process', async () => {
    const { swept, asked } = await stage(25);
    const died = sweep({ lease: 1 });
    await died(swept, signal);
    await beDue();
    await died(swept, signal);
    const down: Swept = { ...swept, present: () => Promise.reject(new Error('no answer')) };
    await expect(died(down, signal)).rejects.toThrow('no answer');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await sweep()(swept, signal)).toMatchObject({ state: 'GOING_ON', compared: 20 });
    expect(asked.map(([first]) => first)).toEqual(['k000', 'k010']);
  });

  test('of two processes one sweeps at a time', async () => {
    const { swept, asked } = await stage(25);
    const [one, other] = [sweep(), sweep()];
    await one(swept, signal);
    await beDue();
    expect(await one(swept, signal)).toMatchObject({ state: 'GOING_ON' });
    expect(await other(swept, signal)).toEqual({ state: 'NOT_DUE' });
    expect(asked).toHaveLength(1);
  });

  test('one who lost a sweep to another process changes nothing', async () => {
    const { swept } = await stage(25);
    const slow = sweep({ lease: 1 });
    await slow(swept, signal);
    await beDue();
    const asked = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<ReadonlySet<string>>();
    const late = slow(
      {
        ...swept,
        present: () => {
          asked.resolve(undefined);
          return answer.promise;
        },
      },
      signal,
    );
    await asked.promise;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const other = sweep();
    expect(await other(swept, signal)).toMatchObject({ compared: 10 });
    answer.resolve(new Set());
    expect(await late).toEqual({ state: 'NOT_DUE' });
    expect(await inboxOf(db)).toEqual([]);
    expect(await other(swept, signal)).toMatchObject({ compared: 20 });
  });

  test('messages that nobody sends again are forgotten, and no others', async () => {
    await db.query(
      `insert into events_message (system, message_id, received_at)
       values ('ERP', 'old', now() - interval '8 days'), ('ERP', 'new', now() - interval '6 days')`,
    );
    expect(await forgetMessages(db)).toBe(1);
    expect(await db.query('select message_id from events_message')).toEqual([{ message_id: 'new' }]);
  });
});
