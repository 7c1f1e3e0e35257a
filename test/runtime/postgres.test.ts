import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { moduleUrl, startChild } from '../support/child.ts';
import { administer, createDatabase, onPostgres } from '../support/store.ts';

test('a server that does not answer is named as such', async () => {
  const opening = openDb({ databaseUrl: 'postgres://nobody:hunter2@127.0.0.1:1/none' });
  await expect(opening).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'The database does not answer; start it, or correct DATABASE_URL.',
  });
});

onPostgres(() => {
  let databaseUrl: string;
  let db: Db;
  const lines: string[] = [];
  beforeEach(async () => {
    databaseUrl = await createDatabase();
    db = await openDb({ databaseUrl, progress: (line) => lines.push(line) });
  });
  afterEach(() => db.close());

  const breakAllConnections = (): Promise<void> =>
    administer(
      databaseUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    );

  test('what the server promises is read at the start', async () => {
    expect(db.durability.synchronousCommit).toMatch(/^(on|off|local|remote_write|remote_apply)$/);
    await administer(
      databaseUrl,
      `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`,
    );
    const other = await openDb({ databaseUrl, progress: (line) => lines.push(line) });
    expect(other.durability.synchronousCommit).toBe('off');
    expect(lines.at(-1)).toContain('synchronous_commit off');
    await other.close();
  });

  test('a connection that breaks between two statements of a transaction fails that one, and not the process', async () => {
    const broken = db.transaction(async (tx) => {
      await tx.query('select 1');
      await breakAllConnections();
      await tx.query('select 1');
    });
    await expect(broken).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await db.transaction((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  test('broken connections fail what runs and nothing after it, and listeners hear that they may have missed something', async () => {
    const heard: string[] = [];
    let wake = (): void => undefined;
    await db.listen('news', (payload) => {
      heard.push(payload);
      wake();
    });
    const running = db.query('select pg_sleep(60)').then(
      () => 'answered',
      (error: unknown) => error,
    );
    const again = new Promise<void>((resolve) => (wake = resolve));
    await breakAllConnections();
    expect(await running).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await again;
    expect(heard).toEqual(['']);
    const news = new Promise<void>((resolve) => (wake = resolve));
    await db.query(`select pg_notify('news', 'here')`);
    await news;
    expect(heard).toEqual(['', 'here']);
  });

  test('a schema of its own keeps two stores of one database apart', async () => {
    const [one, two] = await Promise.all([
      openDb({ databaseUrl, schema: 'one' }),
      openDb({ databaseUrl, schema: 'two' }),
    ]);
    await one.script('create table t (n int)');
    await two.script('create table t (n int); insert into t values (2)');
    expect([await one.query('select n from t'), await two.query('select n from t')]).toEqual([
      [],
      [{ n: 2 }],
    ]);
    await Promise.all([one.close(), two.close()]);
  });

  test('several processes migrate at once, and a lock of a killed process is free', async () => {
    const source = `
      import { migrate, openDb } from '${moduleUrl('runtime/db/index.ts')}';
      const db = await openDb({ databaseUrl: '${databaseUrl}' });
      const done = await migrate(db, [{ name: '0001_first', sql: 'create table t (n int); select pg_sleep(0.05)' }]);
      console.log(done.length);
      await db.lock('leader', async () => { console.log('leader'); await new Promise(() => setInterval(() => {}, 1000)); });`;
    const children = Array.from({ length: 3 }, () => startChild(source));
    const migrated = await Promise.all(children.map((child) => child.line()));
    expect(migrated.sort()).toEqual(['0', '0', '1']);
    const waiting = new Map(children.map((child) => [child, child.line().then(() => child)]));
    const first = await Promise.race(waiting.values());
    let mine = false;
    const inTurn = db.lock('leader', () => Promise.resolve((mine = true)));
    waiting.delete(first);
    expect(mine).toBe(false);
    await first.kill();
    await Promise.all([...waiting.values()].map((won) => won.then((child) => child.kill())));
    expect(await inTurn).toBe(true);
  });
});
