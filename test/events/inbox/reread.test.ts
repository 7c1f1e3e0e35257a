import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hint, type Draft } from '../../../events/index.ts';
import { blameOf, pauseAfter } from '../../../events/inbox/blame.ts';
import type { ReadingBoundary, Source } from '../../../events/inbox/reread.ts';
import { sequence, type SeenRecord } from '../../../events/sequence.ts';
import { unknownRecords } from '../../../events/inbox/unknown.ts';
import type { Db, Queryable } from '../../../runtime/db/index.ts';
import { Failure } from '../../../runtime/failure.ts';
import { withStores } from '../../support/store.ts';
import { captured, emptied, inboxOf, openInbox, readerOf, sourceOf } from './stage.ts';

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await openInbox(open);
  });
  beforeEach(() => emptied(db));

  const told = (...keys: readonly string[]) =>
    hint(
      db,
      keys.map((key) => ({ system: 'ERP', key, source: 'WEBHOOK' })),
    );

  test('a record is read once, however often and by whomever it is hinted at', async () => {
    const { source, records, asked } = sourceOf();
    records.set('a', 'one').set('b', 'two');
    for (let i = 0; i < 14; i++) await told('a');
    await told('a', 'b', 'a');
    await hint(db, [{ system: 'ERP', key: 'a', source: 'WEBHOOK', touched: ['y', 'x'] }]);
    await hint(db, [{ system: 'ERP', key: 'a', source: 'WEBHOOK', touched: ['x', 'z'] }]);
    await hint(db, [{ system: 'CRM', key: 'a', source: 'WEBHOOK' }]);
    await readerOf(db, source).drain();
    expect(asked.map((keys) => [...keys].sort())).toEqual([['a', 'b']]);
    expect((await captured(db)).toSorted()).toEqual(['WEBHOOK a one x y z', 'WEBHOOK b two']);
    expect(await db.query('select system, key from events_inbox')).toEqual([{ system: 'CRM', key: 'a' }]);
  });

  test('what is hinted while a record is read makes it be read once more', async () => {
    const { source, records, asked } = sourceOf();
    records.set('a', 'one');
    const at = async (boundary: ReadingBoundary) => {
      if (boundary !== 'read' || asked.length > 1) return;
      records.set('a', 'two');
      await told('a');
    };
    await told('a');
    await readerOf(db, source, { at }).drain();
    expect(await captured(db)).toEqual(['WEBHOOK a one', 'WEBHOOK a two']);
    expect(await inboxOf(db)).toEqual([]);
  });

  test('a hint that is put off is not read before its time, and at once where somebody else says so', async () => {
    const { source, records } = sourceOf();
    records.set('a', 'one');
    await hint(db, [{ system: 'ERP', key: 'a', source: 'SWEEP', delay: 60_000 }]);
    const reader = readerOf(db, source);
    expect(await reader.pass()).toBe(0);
    await told('a');
    expect(await reader.pass()).toBe(1);
  });

  describe.each<ReadingBoundary>(['claimed', 'read', 'taken', 'settled'])('ended when %s', (place) => {
    test('nothing is lost and nothing is captured twice', async () => {
      const { source, records } = sourceOf();
      records.set('a', 'one').set('b', 'two');
      await told('a', 'b');
      const mortal = mortalStore(db);
      const killed = readerOf(mortal.db, source, {
        lease: 300,
        at: (boundary) => {
          if (boundary === place) mortal.die();
        },
      });
      await expect(killed.pass()).rejects.toThrow('killed');
      const survivor = readerOf(db, source);
      await until(async () => {
        await survivor.drain();
        return (await inboxOf(db)).length === 0;
      });
      expect((await captured(db)).toSorted()).toEqual(['WEBHOOK a one', 'WEBHOOK b two']);
    });
  });

  test('a reader whose records another one has by now changes nothing', async () => {
    const { source, records } = sourceOf();
    records.set('a', 'old');
    const read = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    await told('a');
    const zombie = readerOf(db, source, {
      lease: 400,
      at: async (boundary) => {
        if (boundary !== 'read') return;
        read.resolve(undefined);
        await goOn.promise;
      },
    });
    const late = zombie.pass();
    await read.promise;
    records.set('a', 'new');
    const other = readerOf(db, source);
    await until(async () => (await other.pass()) > 0);
    goOn.resolve(undefined);
    await late;
    expect(await captured(db)).toEqual(['WEBHOOK a new']);
  });

  test('one record that cannot be read holds up no other, and is tried again later, alone', async () => {
    const { source, records, asked } = sourceOf();
    for (const key of ['a', 'b', 'bad', 'c']) records.set(key, key);
    const poisoned: Source = {
      ...source,
      async reread(hints, signal) {
        const read = await source.reread(hints, signal);
        if (hints.some(({ key }) => key === 'bad')) throw new TypeError('no such word');
        return read;
      },
    };
    await told('a', 'b', 'bad', 'c');
    const reader = readerOf(db, poisoned);
    await reader.drain();
    expect((await captured(db)).toSorted()).toEqual(['WEBHOOK a a', 'WEBHOOK b b', 'WEBHOOK c c']);
    expect(await inboxOf(db)).toMatchObject([{ key: 'bad', attempts: 2, held: false }]);
    expect(reader.failures).toHaveLength(1);
    await told('d');
    records.set('d', 'd');
    await reader.drain();
    expect(asked.at(-1)).not.toContain('bad d');
    expect(await captured(db)).toContain('WEBHOOK d d');
  });

  test('a system that is down is nobody’s fault: everything stays due, and is told to whoever waits', async () => {
    const { source, records } = sourceOf();
    records.set('a', 'one').set('b', 'two');
    let down = true;
    const shaky: Source = {
      ...source,
      reread: (hints, signal) =>
        down
          ? Promise.reject(new Failure('SYSTEM_UNAVAILABLE', 'The system "erp" gave no answer.'))
          : source.reread(hints, signal),
    };
    await told('a', 'b');
    const reader = readerOf(db, shaky);
    await expect(reader.pass()).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
    expect(await inboxOf(db)).toMatchObject([
      { attempts: 0, held: false },
      { attempts: 0, held: false },
    ]);
    down = false;
    await reader.drain();
    expect(await captured(db)).toHaveLength(2);
  });

  test('a record that nobody knows and that does not exist is kept for a person, until it is known', async () => {
    const { source, records } = sourceOf();
    await told('ghost');
    const reader = readerOf(db, source);
    await reader.drain();
    await told('ghost');
    await reader.drain();
    expect(await captured(db)).toEqual([]);
    expect(await inboxOf(db)).toEqual([]);
    expect(await unknownRecords(db, 10)).toMatchObject([
      { system: 'ERP', key: 'ghost', source: 'WEBHOOK', times: 2 },
    ]);
    records.set('ghost', 'here');
    await told('ghost');
    await reader.drain();
    expect(await unknownRecords(db, 10)).toEqual([]);
    expect(await captured(db)).toEqual(['WEBHOOK ghost here']);
  });

  test('a record that was known and is gone is told as gone, and once gone is no unknown one', async () => {
    const { source, records } = sourceOf();
    const reader = readerOf(db, source);
    records.set('a', 'one');
    await told('a');
    await reader.drain();
    records.delete('a');
    for (let i = 0; i < 2; i++) {
      await told('a');
      await reader.drain();
    }
    expect((await captured(db)).slice(0, 2)).toEqual(['WEBHOOK a one', 'WEBHOOK a gone']);
    expect(await unknownRecords(db, 10)).toEqual([]);
  });

  test('two readers share what is due', async () => {
    const { source, records, asked } = sourceOf();
    const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
    for (const key of keys) records.set(key, key);
    await told(...keys);
    await Promise.all([readerOf(db, source).drain(), readerOf(db, source).drain()]);
    expect(asked.flat().toSorted()).toEqual(keys.toSorted());
    expect(await captured(db)).toHaveLength(250);
  });
});

test('what must be read again because something newer was told names the lists that the reading out of date told of', () => {
  const seen: SeenRecord = {
    ...{ system: 'CRM', key: 'a', entityId: 'c', version: '2', fingerprints: { name: 'n2', contacts: 'p2' } },
    ...{ toldPosition: '7', toldVersion: '2', toldBy: 'WEBHOOK', ownVersion: null },
  };
  const late: Draft = {
    ...{ source: 'FEED', entity: 'Customer', entityId: 'c', system: 'CRM', key: 'a', version: '1' },
    ...{ foundVersion: null, fingerprints: { name: 'n1', contacts: 'p1' }, written: null, touched: [] },
    ...{ since: '6', known: true, cause: null },
  };
  const end = { position: '7', hash: '' };
  const { reread, entries } = sequence([late], [seen], { end, at: new Date().toISOString(), tagged: [] });
  expect(entries).toEqual([]);
  expect(reread).toEqual([{ system: 'CRM', key: 'a', touched: ['name', 'contacts'] }]);
});

describe('who is to blame for a reading that failed', () => {
  test.each<[about: string, error: unknown, records: number, blame: string]>([
    ['a system that is down', new Failure('SYSTEM_UNAVAILABLE', ''), 1, 'SYSTEM'],
    ['a system that limits the rate', new Failure('RATE_LIMITED', ''), 9, 'SYSTEM'],
    ['a system that lets nobody in', new Failure('UNAUTHENTICATED', ''), 9, 'SYSTEM'],
    ['an answer that did not come in time', new DOMException('', 'TimeoutError'), 9, 'SYSTEM'],
    [
      'a word that the graph lacks, in one of several',
      new Failure('INTERNAL_SERVER_ERROR', ''),
      9,
      'ONE_OF_THEM',
    ],
    ['a word that the graph lacks, in this one', new Failure('INTERNAL_SERVER_ERROR', ''), 1, 'RECORD'],
    ['a fault of our own', new TypeError(''), 1, 'RECORD'],
  ])('%s', (_, error, records, blame) => {
    expect(blameOf(error, records)).toBe(blame);
  });

  test('it is tried again after twice as long each time, and at least once an hour', () => {
    expect([1, 2, 3, 40].map(pauseAfter)).toEqual([1000, 2000, 4000, 3_600_000]);
  });
});

/** Looks again until it is so. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A store as a process has it until it is killed: nothing that it asks for is done any more, and what it began is undone. */
function mortalStore(store: Db) {
  let dead = false;
  const alive = (): void => {
    if (dead) throw new Error('killed');
  };
  const mortal = (queryable: Queryable): Queryable => ({
    query: async (sql, parameters) => (alive(), queryable.query(sql, parameters)),
    script: async (sql) => (alive(), queryable.script(sql)),
  });
  const db: Db = {
    ...store,
    ...mortal(store),
    transaction: async (work) => (
      alive(),
      store.transaction(async (tx) => {
        const result = await work(mortal(tx));
        alive();
        return result;
      })
    ),
  };
  return {
    db,
    die: () => {
      dead = true;
      throw new Error('killed');
    },
  };
}
