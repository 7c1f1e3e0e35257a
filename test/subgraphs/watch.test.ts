import { beforeEach, describe, expect, test } from '@jest/globals';
import { captureInto, intakeOf, type Draft } from '../../events/index.ts';
import { sequenceBatch } from '../../events/sequencer.ts';
import { createIdentity, type Change, type Feed } from '../../identity/index.ts';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import { prepared, type Store } from '../../subgraphs/store.ts';
import { watchFeed } from '../../subgraphs/watch.ts';
import { withStores } from '../support/store.ts';
import { seal } from '../support/seal.ts';

const record = (key: string, version: string, fingerprints = { name: version }): Change => ({
  ...{ key, version, fingerprints },
  facts: { name: `${key} ${version}` },
});

/** What a feed tells from one cursor to the next, page by page; after the last it tells nothing more. */
const feedOf = (pages: readonly (readonly Change[])[], asked?: () => Promise<unknown>): Feed => ({
  system: 'ERP',
  async changes(since) {
    const page = Number(since ?? 0);
    const changed = pages[page] ?? [];
    await asked?.();
    return { changed, next: String(Math.min(page + 1, pages.length)), more: page + 1 < pages.length };
  },
});

withStores((open) => {
  let store: Store;
  let made: Db | undefined;
  beforeEach(async () => {
    made ??= await open();
    store = await prepared(made);
    await made.script(`truncate events_outbox, events_seen, events_log, events_inbox, identity_feed,
      identity_crosswalk, identity_facts, identity_customer cascade;
      update events_head set position = 0, hash = '', floor = 0, floor_hash = ''`);
  });

  /** Follows a feed to its end, over this store or one that fails. */
  async function follow(feed: Feed, db: Db = store.db): Promise<void> {
    const stop = new AbortController();
    const identity = createIdentity({ db, seal });
    const intake = intakeOf({ entity: 'Customer', busy: () => Promise.resolve(new Set()) });
    await watchFeed(
      { feed: { ...feed, now: () => Promise.resolve('') }, system: 'ERP' },
      { db, identity, intake },
      {
        signal: stop.signal,
        interval: 1,
        patience: 1,
        observe: ({ currentAt, state }) => {
          if (currentAt !== null || state === 'FAILING') stop.abort();
        },
      },
    ).done;
  }
  const captured = async () =>
    (await store.db.query<{ draft: Draft }>('select draft from events_outbox order by id')).map(
      ({ draft }) => draft,
    );
  const sequenced = async () => {
    const reread: unknown[] = [];
    await sequenceBatch({
      ...{ db: store.db, tagged: [], batch: 1000 },
      reread: (_, records) => {
        reread.push(...records);
        return Promise.resolve();
      },
    });
    return reread;
  };
  const told = () =>
    store.db.query('select key, kind, version, attributes from events_log order by position');
  const cursor = async () =>
    (await store.db.query<{ cursor: string | null }>('select cursor from identity_feed'))[0]?.cursor ?? null;
  const holder = async (key: string) => (await store.identity.crosswalk.idsOf('ERP', [key])).get(key) ?? '';

  test('what a feed tells until its first end is told to nobody, and what comes then as exactly what changed', async () => {
    await follow(feedOf([[record('a', '1')], [record('b', '1')]]));
    await follow(feedOf([[], [], [record('a', '2'), record('c', '1')]]));
    await sequenced();
    expect(await told()).toEqual([
      { key: 'a', kind: 'UPDATED', version: '2', attributes: ['name'] },
      { key: 'c', kind: 'CREATED', version: '1', attributes: ['name'] },
    ]);
  });

  test('a record that the register had before it was ever seen has changed, and did not come into being', async () => {
    await follow(feedOf([[]]));
    await store.identity.register.enrol([{ records: [{ system: 'ERP', key: 'a' }], facts: {} }]);
    await follow(feedOf([[], [record('a', '7', { name: 'x' })]]));
    await sequenced();
    expect(await told()).toEqual([{ key: 'a', kind: 'UPDATED', version: '7', attributes: ['name'] }]);
  });

  test('a record that is gone is told as gone from whom it belonged to, once, and one that nobody knew is not', async () => {
    await follow(feedOf([[record('a', '1')]]));
    const id = await holder('a');
    const gone = { key: 'a', facts: {}, deleted: true };
    await follow(feedOf([[], [gone, { ...gone, key: 'nobody' }], [gone]]));
    expect((await captured()).map(({ entityId, key }) => [entityId, key])).toEqual([
      [id, 'a'],
      [id, 'a'],
    ]);
    await sequenced();
    expect(await told()).toEqual([{ key: 'a', kind: 'DELETED', version: null, attributes: ['name'] }]);
  });

  test('a reading that began before a write of ours was told is read again, and what it saw is not told', async () => {
    await follow(feedOf([[record('a', '1')]]));
    const entityId = await holder('a');
    // While the feed is read the write is carried out, told, and over.
    const write = async () => {
      await captureInto(store.db, [
        {
          ...{ source: 'WRITE', entity: 'Customer', entityId, system: 'ERP', key: 'a', known: true },
          ...{ version: '2', foundVersion: '1', fingerprints: { name: '2' }, written: ['name'] },
          ...{ touched: [], since: null, cause: { requestId: 'w', correlationId: 'c' } },
        },
      ]);
      await sequenced();
    };
    await follow(feedOf([[], [record('a', '1')]], write));
    expect(await sequenced()).toMatchObject([{ system: 'ERP', key: 'a' }]);
    expect(await told()).toEqual([{ key: 'a', kind: 'UPDATED', version: '2', attributes: ['name'] }]);
  });

  describe('a follower that ends between any two statements', () => {
    /** A store that fails at the n-th statement of transactions. */
    const failingAt = (n: number): Db & { readonly left: () => number } => {
      let left = n;
      const failing = (tx: Queryable): Queryable => ({
        ...tx,
        query: (...asked) => (left-- === 0 ? Promise.reject(new Error('the end')) : tx.query(...asked)),
      });
      return {
        ...store.db,
        transaction: (work) => store.db.transaction((tx) => work(failing(tx))),
        left: () => left,
      };
    };

    test.each([
      ['of the first reading', 0],
      ['of a later one', 1],
    ])('%s loses nothing and tells nothing twice', async (_, first) => {
      const pages = [
        [record('a', '1'), record('b', '1')],
        [record('a', '2'), record('c', '1')],
      ];
      const feed = feedOf(pages.slice(0, first + 1));
      if (first > 0) await follow(feedOf(pages.slice(0, 1)));
      for (let n = 0; ; n++) {
        const db = failingAt(n);
        const before = [await cursor(), await captured()];
        await follow(feed, db);
        if (db.left() >= 0) break;
        expect([await cursor(), await captured()]).toEqual(before);
        expect(n).toBeLessThan(100);
      }
      expect(await cursor()).toBe(String(first + 1));
      await sequenced();
      await follow(feedOf([...pages.slice(0, first + 1), []]));
      await sequenced();
      expect(await told()).toEqual(
        first === 0
          ? []
          : [
              { key: 'a', kind: 'UPDATED', version: '2', attributes: ['name'] },
              { key: 'c', kind: 'CREATED', version: '1', attributes: ['name'] },
            ],
      );
    });
  });
});
