import { beforeAll, expect, test } from '@jest/globals';
import { isDuplicate, sqlProblem, type Db } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
    await db.script('create table item (id int primary key, name text unique, at timestamptz)');
  });

  test('values come back exact and the same from every store', async () => {
    const [row] = await db.query<Record<string, unknown>>(
      `select 9007199254740993::int8 as big, 12.340::numeric as amount, 7::int4 as small, 1.5::float8 as real,
        '2026-01-31 10:30:00.123456+01'::timestamptz as at, '2026-01-31 10:30:00+01'::timestamptz as whole,
        '2026-01-31 10:30:00'::timestamp as local, date '2026-01-31' as day, 'infinity'::timestamptz as never,
        '{"a":[1,null]}'::jsonb as document, '[1]'::json as list, true as yes, null::text as nothing,
        '\\x00ff'::bytea as raw, '6f1f7ad4-5cc1-4b43-9b29-000000000001'::uuid as id,
        array['a', 'b "c" \\ {,}', 'NULL', null, ''] as words, array[1::int8, 2] as bigs, '{}'::text[] as none,
        '{{1,2},{3,4}}'::int4[] as matrix, array['{"a":1}'::jsonb] as documents,
        array['2026-01-31 10:30:00+01'::timestamptz] as times`,
    );
    expect(row).toEqual({
      big: '9007199254740993',
      amount: '12.340',
      small: 7,
      real: 1.5,
      at: '2026-01-31T09:30:00.123456Z',
      whole: '2026-01-31T09:30:00Z',
      local: '2026-01-31T10:30:00',
      day: '2026-01-31',
      never: 'infinity',
      document: { a: [1, null] },
      list: [1],
      yes: true,
      nothing: null,
      raw: Buffer.from([0, 255]),
      id: '6f1f7ad4-5cc1-4b43-9b29-000000000001',
      words: ['a', 'b "c" \\ {,}', 'NULL', null, ''],
      bigs: ['1', '2'],
      none: [],
      matrix: [
        [1, 2],
        [3, 4],
      ],
      documents: [{ a: 1 }],
      times: ['2026-01-31T09:30:00Z'],
    });
  });

  test('parameters arrive as they were meant', async () => {
    const parameters = [
      'é"\\\u{1f600}',
      ['x', 'a"b\\c', null, 'NULL', '', '{}'],
      { a: [1, 'two'] },
      new Date('2026-01-31T09:30:00.120Z'),
      12345678901234567890n,
      true,
      undefined,
      new Uint8Array([0, 255]),
      JSON.stringify([1, 2]),
    ];
    for (let time = 0; time < 3; time++)
      expect(
        await db.query(
          `select $1::text as a, $2::text[] as b, $3::jsonb as c, $4::timestamptz as d, $5::numeric as e, $6::bool as f,
            $7::int as g, $8::bytea as h, $9::jsonb as i`,
          parameters,
        ),
      ).toEqual([
        {
          a: 'é"\\\u{1f600}',
          b: ['x', 'a"b\\c', null, 'NULL', '', '{}'],
          c: { a: [1, 'two'] },
          d: '2026-01-31T09:30:00.12Z',
          e: '12345678901234567890',
          f: true,
          g: null,
          h: Buffer.from([0, 255]),
          i: [1, 2],
        },
      ]);
  });

  test('a statement that repeats survives a change of the table it reads', async () => {
    await db.script('create table shape (a int); insert into shape values (1)');
    for (let time = 0; time < 4; time++) expect(await db.query('select * from shape')).toEqual([{ a: 1 }]);
    await db.script('alter table shape add column b int default 2');
    for (let time = 0; time < 4; time++)
      expect(await db.query('select * from shape')).toEqual([{ a: 1, b: 2 }]);
  });

  test('a large answer and a statement without rows', async () => {
    expect(
      await db.query(
        'insert into item (id, name) select n, repeat($1, 100) || n from generate_series(1000, 1999) n',
        ['ü'],
      ),
    ).toEqual([]);
    const rows = await db.query<{ name: string }>('select name from item where id >= 1000 order by id');
    expect([rows.length, rows[999]?.name]).toEqual([1000, 'ü'.repeat(100) + '1999']);
  });

  test('a refused statement says why, in the same words of every store', async () => {
    await db.query('insert into item (id, name) values (1, $1)', ['one']);
    const error = await failureOf(db.query('insert into item (id, name) values (2, $1)', ['one']));
    expect(sqlProblem(error)).toEqual({ state: '23505', constraint: 'item_name_key' });
    expect([
      isDuplicate(error),
      isDuplicate(error, 'item_name_key'),
      isDuplicate(error, 'item_pkey'),
    ]).toEqual([true, true, false]);
    expect(sqlProblem(await failureOf(db.query('select nonsense')))).toEqual({ state: '42703' });
    expect(sqlProblem(await failureOf(db.script('selec 1')))).toEqual({ state: '42601' });
    expect(sqlProblem(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))).toBeUndefined();
    expect(await db.query('select 1 as ok')).toEqual([{ ok: 1 }]);
  });

  test('a transaction is committed as a whole or not at all', async () => {
    expect(
      await db.transaction(async (tx) => {
        await tx.query('insert into item (id) values (10)');
        await Promise.all([
          tx.query('insert into item (id) values (11)'),
          tx.query('insert into item (id) values (12)'),
        ]);
        return tx.query('select count(*) as n from item where id between 10 and 12');
      }),
    ).toEqual([{ n: '3' }]);
    const error = new Error('changed my mind');
    expect(
      await failureOf(
        db.transaction(async (tx) => {
          await tx.query('insert into item (id) values (13)');
          throw error;
        }),
      ),
    ).toBe(error);
    expect(await db.query('select id from item where id between 10 and 19 order by id')).toEqual([
      { id: 10 },
      { id: 11 },
      { id: 12 },
    ]);
  });

  test('a statement that failed and was caught fails its transaction, instead of a commit that did nothing', async () => {
    const work = db.transaction(async (tx) => {
      await tx.query('insert into item (id) values (20)');
      await failureOf(tx.query('select 1 / 0'));
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await db.query('select id from item where id = 20')).toEqual([]);
  });

  test('the store is refused within its own transaction, and the transaction after its end', async () => {
    await expect(db.transaction(() => db.query('select 1'))).rejects.toThrow('Within a transaction');
    await expect(db.transaction(() => db.transaction(() => Promise.resolve(1)))).rejects.toThrow(
      'Within a transaction',
    );
    let late: (() => Promise<unknown>) | undefined;
    await db.transaction((tx) => {
      late = () => tx.query('select 1');
      return Promise.resolve();
    });
    await expect(late?.()).rejects.toThrow('over');
    // Work that a transaction has started but that outlives it is free again.
    let after: Promise<unknown> | undefined;
    const gate = Promise.withResolvers<undefined>();
    await db.transaction(() => {
      after = gate.promise.then(() => db.query('select 1 as ok'));
      return Promise.resolve();
    });
    gate.resolve(undefined);
    expect(await after).toEqual([{ ok: 1 }]);
  });

  test('many transactions at once do not mix', async () => {
    await db.script('create table counter (n int); insert into counter values (0)');
    await Promise.all(
      Array.from({ length: 20 }, () =>
        db.transaction(async (tx) => {
          const [row] = await tx.query<{ n: number }>('select n from counter for update');
          await tx.query('update counter set n = $1', [(row?.n ?? 0) + 1]);
        }),
      ),
    );
    expect(await db.query('select n from counter')).toEqual([{ n: 20 }]);
  });

  test('a notification is heard after the commit, not without it', async () => {
    const heard: string[] = [];
    const second = Promise.withResolvers<undefined>();
    const stop = await db.listen('item_changed', (payload) => {
      heard.push(payload);
      if (heard.length === 2) second.resolve(undefined);
    });
    await db.query(`select pg_notify('item_changed', 'one')`);
    await failureOf(
      db.transaction(async (tx) => {
        await tx.query(`select pg_notify('item_changed', 'never')`);
        throw new Error('no');
      }),
    );
    await db.transaction((tx) => tx.query('select pg_notify($1, $2)', ['item_changed', 'two']));
    await second.promise;
    await stop();
    await db.query(`select pg_notify('item_changed', 'unheard')`);
    expect(heard).toEqual(['one', 'two']);
  });

  test('a lock is held by one at a time, and by name', async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const entered = Promise.withResolvers<undefined>();
    const first = db.lock('a', async () => {
      order.push('first in');
      entered.resolve(undefined);
      await gate.promise;
      await db.query('select 1');
      order.push('first out');
    });
    const second = db.lock('a', () => Promise.resolve(order.push('second')));
    await entered.promise;
    await db.lock('b', () => Promise.resolve(order.push('other')));
    gate.resolve(undefined);
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'other', 'first out', 'second']);
    await expect(db.lock('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await db.lock('a', () => Promise.resolve('free'))).toBe('free');
  });

  test('trigram search is there', async () => {
    expect(await db.query(`select similarity('Futterkiste', 'Futterkist') > 0.5 as near`)).toEqual([
      { near: true },
    ]);
  });

  test('a closed store says so', async () => {
    const other = await open();
    await Promise.all([other.close(), other.close()]);
    await expect(other.query('select 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
