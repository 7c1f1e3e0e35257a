import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chained } from '../../runtime/chain.ts';
import { eventsMigrations } from '../../events/index.ts';
import { expireBatch } from '../../events/retention.ts';
import { runVerify } from '../../events/verify-run.ts';
import { verifyLog } from '../../events/verify.ts';
import { loadMigrations, migrate, openDb, type Queryable } from '../../runtime/db/index.ts';
import { terminal } from '../seed/terminal.ts';
import { withStores } from '../support/store.ts';
import { openStage, state } from './stage.ts';

withStores((open) => {
  let stage: Awaited<ReturnType<typeof openStage>>;
  beforeAll(async () => {
    stage = await openStage(open);
  });
  beforeEach(async () => {
    await stage.clear();
    const cause = { requestId: 'w', correlationId: 'c' };
    const given = (n: number) =>
      n % 2
        ? { since: '10' }
        : ({ source: 'WRITE', foundVersion: `${n - 1}`, cause, written: ['name'] } as const);
    await stage.capture(...Array.from({ length: 10 }, (_, n) => state('a-1', n + 1, given(n + 1))));
    await stage.sequence();
  });
  const alter = (sql: string) => stage.db.script(sql);

  test('a log that is as it was told is whole, also while it goes on and after retention', async () => {
    expect(await verifyLog(stage.db)).toMatchObject({
      ...{ fault: null, changes: 10, first: { position: '1' }, last: { position: '10' } },
      bySystem: new Map([['CRM', 10]]),
      byKind: new Map([
        ['CREATED', 1],
        ['UPDATED', 9],
      ]),
    });
    expect(await verifyLog(stage.db, { from: 4n })).toMatchObject({ fault: null, changes: 7 });
    expect(await verifyLog(stage.db, { from: 11n })).toMatchObject({ fault: null, changes: 0 });
    await expireBatch(stage.db, { days: 30, most: 4 });
    expect(await verifyLog(stage.db)).toMatchObject({ fault: null, changes: 4, first: { position: '7' } });
    await expireBatch(stage.db, { days: 0, most: 4 });
    expect(await verifyLog(stage.db)).toMatchObject({ fault: null, changes: 0, first: null });
  });

  test.each([
    ['an attribute edited', `update events_log set attributes = '{segment}' where position = 4`, '4'],
    ['a cause taken away', `update events_log set cause = null where position = 4`, '4'],
    ['a time moved', `update events_log set at = at - interval '1 microsecond' where position = 5`, '5'],
    ['a hash replaced', `update events_log set hash = repeat('0', 64) where position = 6`, '6'],
    ['a change deleted', 'delete from events_log where position = 7', '7'],
    [
      'a change deleted and the rest moved up',
      'delete from events_log where position = 7; update events_log set position = position - 1 where position > 7; update events_head set position = 9',
      '7',
    ],
    [
      'a change put in between',
      `update events_log set position = -position - 1 where position > 3; update events_log set position = -position where position < 0;
       insert into events_log select 4, at, entity, entity_id, kind, system, key, version, previous_version, attributes, cause, tags, hash
         from events_log where position = 3; update events_head set position = 11`,
      '4',
    ],
    [
      'two changes exchanged',
      `update events_log set position = case position when 3 then -4 else -3 end where position in (3, 4);
       update events_log set position = -position where position < 0`,
      '3',
    ],
    ['the oldest cut off', 'delete from events_log where position <= 2', '1'],
    ['the end cut off', 'delete from events_log where position > 8', '9'],
    [
      'the end cut off, and the head moved back',
      'delete from events_log where position > 8; update events_head set position = 8',
      '8',
    ],
    [
      'a change added at the end',
      `insert into events_log select 11, at, entity, entity_id, kind, system, key, version, previous_version, attributes, cause, tags, hash
         from events_log where position = 10`,
      '11',
    ],
    ['the floor moved up', `update events_head set floor = 2`, '3'],
  ])('%s: found, with the first position that is wrong', async (_, sql, position) => {
    await alter(sql);
    const { fault } = await verifyLog(stage.db);
    expect(fault).toMatchObject({ position, sentence: expect.stringContaining(position) as unknown });
  });

  test('a change edited together with its own hash: found at the one that stood on it', async () => {
    const [change] = await stage.log.after('3', 1);
    const [before] = await stage.db.query<{ hash: string }>('select hash from events_log where position = 3');
    if (!change || !before) throw new Error('not there');
    await stage.db.query(`update events_log set attributes = '{segment}', hash = $1 where position = 4`, [
      chained(before.hash, { ...change, attributes: ['segment'] }),
    ]);
    expect((await verifyLog(stage.db)).fault).toMatchObject({ position: '5' });
  });

  test('retention that goes on under the reader is no fault', async () => {
    let first = true;
    const db: Queryable = {
      script: (sql) => stage.db.script(sql),
      query: async <Row>(sql: string, parameters?: readonly unknown[]) => {
        if (first && sql.includes('order by position limit')) {
          first = false;
          await expireBatch(stage.db, { days: 30, most: 4 });
        }
        return stage.db.query<Row>(sql, parameters);
      },
    };
    expect(await verifyLog(db)).toMatchObject({ fault: null, changes: 4, first: { position: '7' } });
    expect(first).toBe(false);
  });
});

describe('npm run feed:verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const run = async (given: readonly string[], directory = join(folder, 'store')) => {
    const { written, ...at } = terminal(directory);
    return { code: await runVerify(given, at), ...written };
  };

  test.each([
    [['--from', 'x'], '--from must be a position, a whole number from 1 on.\n'],
    [['--waiting', '-1'], "Option '--waiting' argument is ambiguous; --help shows what there is.\n"],
    [['--nope'], "Unknown option '--nope'; --help shows what there is.\n"],
  ])('%j: one sentence, and nothing is opened', async (given, err) => {
    expect(await run(given, 'never-opened')).toEqual({ code: 1, out: '', err });
  });

  test('help says what is checked', async () => {
    const { code, out } = await run(['--help'], 'never-opened');
    expect([code, out]).toEqual([0, expect.stringContaining('--from POSITION')]);
  });

  test('where there is no store, it makes none', async () => {
    expect(await run([], join(folder, 'nowhere'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('no store') as unknown,
    });
  });

  test('tells the figures, and by its exit code whether all is well', async () => {
    const directory = join(folder, 'store');
    const open = async () => {
      const db = await openDb({ directory });
      return { db, stage: await openStage(() => Promise.resolve(db)) };
    };
    const first = await open();
    await first.stage.capture(state('a-1', 1), state('a-1', 2));
    await first.stage.sequence();
    const busy = await run([]);
    expect(busy).toMatchObject({
      code: 1,
      err: expect.stringContaining('while no server has it open') as unknown,
    });
    await first.db.close();

    const well = await run([]);
    expect(well.code).toBe(0);
    expect(well.out).toContain('2 changes checked: in order, none missing, each as it was told.');
    expect(well.out).toContain('By system: CRM 2. By kind: CREATED 1, UPDATED 1.');
    expect((await run(['--from', '4'])).err).toBe(
      '--from must be from 1 to 2: these are the changes that are kept.\n',
    );

    const second = await open();
    await second.stage.capture(state('a-1', 3));
    await second.db.query(`update events_outbox set captured_at = captured_at - interval '10 minutes'`);
    await second.db.close();
    expect(await run([])).toMatchObject({
      code: 1,
      out: expect.stringContaining('That is too long') as unknown,
    });
    expect((await run(['--waiting', '3600'])).code).toBe(0);

    const third = await open();
    await third.db.query('delete from events_log where position = 2');
    await third.db.close();
    expect(await run([])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^Change 2 is missing\./) as unknown,
    });
  });

  test('a store that no server has ever had says so', async () => {
    const directory = join(folder, 'bare');
    const db = await openDb({ directory });
    await db.close();
    expect(await run([], directory)).toMatchObject({
      code: 1,
      err: expect.stringContaining('start the server once') as unknown,
    });
    const migrated = await openDb({ directory });
    await migrate(migrated, await loadMigrations([fileURLToPath(eventsMigrations)]));
    await migrated.close();
    expect((await run([], directory)).code).toBe(0);
  });
});
