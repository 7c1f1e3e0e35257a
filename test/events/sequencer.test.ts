import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { chained } from '../../runtime/chain.ts';
import { baselineInto, captureInto } from '../../events/index.ts';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';
import { acme, draft, openStage, other, startEvents, state } from './stage.ts';

withStores((open) => {
  let stage: Awaited<ReturnType<typeof openStage>>;
  beforeAll(async () => {
    stage = await openStage(open);
  });
  beforeEach(() => stage.clear());
  const contentOf = async () => ({
    log: await stage.db.query('select * from events_log order by position'),
    seen: await stage.db.query('select * from events_seen order by system, key'),
    outbox: await stage.db.query('select id, draft, refused from events_outbox order by id'),
    head: await stage.db.query('select position, hash, floor from events_head'),
  });

  test('what is captured is told once, in order, each change on the hash of the one before', async () => {
    await stage.capture(
      draft(),
      state('a-1', 2),
      draft({ system: 'ERP', key: 'K-1', fingerprints: { terms: 't' } }),
    );
    await stage.capture(state('a-1', 2, { source: 'WEBHOOK', since: '9' }), state('a-1', 3));
    await stage.sequence();
    const told = await stage.told();
    expect(told.map(({ position, key, attributes }) => [position, key, attributes])).toEqual([
      ['1', 'a-1', ['name', 'segment']],
      ['2', 'a-1', ['name']],
      ['3', 'K-1', ['terms']],
      ['4', 'a-1', ['name']],
    ]);
    const { log, outbox, head } = await contentOf();
    const hashes = log.map((row) => (row as { hash: string }).hash);
    expect(told.map((change, n) => chained(hashes[n - 1] ?? '', change))).toEqual(hashes);
    expect(outbox).toEqual([]);
    expect(head).toEqual([{ position: '4', hash: hashes[3], floor: '0' }]);
    await stage.sequence();
    expect(await contentOf()).toMatchObject({ log, head });
  });

  test('what is rolled back is never told', async () => {
    const broken = stage.db.transaction(async (tx) => {
      await captureInto(tx, [draft()]);
      throw new Error('broken off');
    });
    await expect(broken).rejects.toThrow('broken off');
    await stage.sequence();
    expect(await stage.told()).toEqual([]);
  });

  test('a batch that is broken off before any of its statements leaves nothing behind', async () => {
    await stage.capture(draft());
    await stage.sequence();
    await stage.capture(
      state('a-1', 2),
      draft({ key: 'a-2', entityId: other }),
      state('a-1', 1, { source: 'SWEEP', since: '0', fingerprints: { name: 'old' } }),
    );
    const before = await contentOf();
    let statements = 0;
    for (; statements < 20; statements++) {
      const done = await stage.sequenceIn(breaking(stage.db, statements)).then(
        () => true,
        () => false,
      );
      if (done) break;
      expect(await contentOf()).toEqual(before);
    }
    expect(statements).toBeGreaterThan(3);
    expect((await stage.told()).map(({ position, version }) => [position, version])).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '1'],
    ]);
    expect(stage.reread.at(-1)).toMatchObject({ system: 'CRM', key: 'a-1' });
  });

  test('what is no draft is set aside, and holds up nothing', async () => {
    await stage.db.query(
      `insert into events_outbox (draft) values ('{"source": "RUMOUR"}'), ('[]'), ('null')`,
    );
    await stage.capture(draft());
    await stage.sequence();
    expect(await stage.told()).toHaveLength(1);
    const refused = await stage.db.query<{ refused: string }>(
      'select refused from events_outbox order by id',
    );
    expect(refused).toHaveLength(3);
    expect(refused[0]?.refused).toContain('source');
    await stage.sequence();
    expect(await stage.told()).toHaveLength(1);
  });

  test('a change is told with the tags of its entity, whichever system it is in', async () => {
    await stage.capture(draft({ system: 'ERP', key: 'K-1', fingerprints: { terms: 't1' } }), draft());
    await stage.sequence();
    await stage.capture(
      draft({ system: 'ERP', key: 'K-1', fingerprints: { terms: 't2' } }),
      draft({ system: 'ERP', key: 'K-2', entityId: other, fingerprints: { terms: 't2' } }),
      draft({ fingerprints: { segment: 's2' } }),
      draft({ system: 'ERP', key: 'K-1', fingerprints: { terms: 't3' } }),
      draft({ version: null, fingerprints: null }),
    );
    await stage.sequence();
    expect((await stage.told()).map(({ key, tags }) => [key, tags])).toEqual([
      ['K-1', {}],
      ['a-1', { segment: 's1' }],
      ['K-1', { segment: 's1' }],
      ['K-2', {}],
      ['a-1', { segment: 's2' }],
      ['K-1', { segment: 's2' }],
      ['a-1', { segment: 's2' }],
    ]);
  });

  test('after a baseline the first edit is told as exactly what changed', async () => {
    const { entityId, system, key, version } = draft();
    const record = { entityId, system, key, version, fingerprints: { name: 'n1', segment: 's1' } };
    await baselineInto(stage.db, [record, { ...record, key: 'a-2' }]);
    await stage.capture(draft(), state('a-1', 2));
    await stage.sequence();
    await baselineInto(stage.db, [record]);
    await stage.capture(state('a-1', 2));
    await stage.sequence();
    expect(await stage.told()).toMatchObject([
      { kind: 'UPDATED', attributes: ['name'], version: '2', previousVersion: '1', entityId: acme },
    ]);
  });

  test('a process that sequences hears of what was captured, tells after the commit, and counts', async () => {
    const heard = Promise.withResolvers<string>();
    await stage.db.listen('events', (payload) => {
      if (payload === '3') heard.resolve(payload);
    });
    const events = await startEvents(stage.db);
    await stage.capture(
      draft(),
      draft({
        source: 'WRITE',
        version: '2',
        foundVersion: '1',
        written: ['name'],
        fingerprints: { name: 'n2' },
      }),
    );
    events.wake();
    await stage.capture(draft({ version: '2', fingerprints: { name: 'n2' } }), state('a-2', 1));
    await heard.promise;
    expect((await events.log.head()).position).toBe('3');
    await stage.capture(state('a-2', 2));
    await events.stop();
    expect(events.faults).toEqual([]);
    expect(await stage.told()).toHaveLength(4);
    const metrics = await events.metrics.text();
    expect(metrics).toContain('events_told_total{system="CRM"} 4');
    expect(metrics).toContain('events_echoes_dropped_total{system="CRM"} 1');
    expect(metrics).toContain('events_outbox_waiting{state="waiting"} 0');
  });

  test('after a fault it goes on by itself', async () => {
    const failed = Promise.withResolvers<unknown>();
    let broken = true;
    const db: Db = {
      ...stage.db,
      transaction: (work) => (broken ? Promise.reject(new Error('gone')) : stage.db.transaction(work)),
    };
    await stage.capture(draft());
    const events = await startEvents(db, { failed: failed.resolve });
    await failed.promise;
    broken = false;
    const heard = Promise.withResolvers<string>();
    await stage.db.listen('events', heard.resolve);
    expect(await heard.promise).toBe('1');
    await events.stop();
  });
});

/** A store whose transactions break off after so many statements. */
function breaking(db: Db, after: number): Db {
  return {
    ...db,
    transaction: (work) =>
      db.transaction((tx) => {
        let left = after;
        const query: Queryable['query'] = (sql, parameters) => {
          if (left-- === 0) return Promise.reject(new Error('broken off'));
          return tx.query(sql, parameters);
        };
        return work({ ...tx, query });
      }),
  };
}
