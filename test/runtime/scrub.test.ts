import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../runtime/config.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { runScrub } from '../../runtime/scrub/run.ts';
import { terminal } from '../seed/terminal.ts';
import { createDatabase, onPostgres } from '../support/store.ts';

const folder = await mkdtemp(join(tmpdir(), 'scrub-'));
afterAll(() => rm(folder, { recursive: true }));

async function scrub(given: readonly string[], settings: Readonly<Record<string, string>>) {
  const { written, ...at } = terminal();
  const code = await runScrub(given, { ...at, config: () => readConfig(settings) });
  return { code, ...written };
}

const rows = `create table kept (id int primary key, said text);
  insert into kept select n, 'canary' || n || 'q' from generate_series(1, 200) n;
  create table emptied (said text); create index on emptied (upper(said));
  insert into emptied select said from kept; analyze;
  update kept set said = 'nothing'; delete from emptied`;

/** The tables whose samples have a word. */
const sampled = (db: Db) =>
  db.query(`select distinct tablename from pg_stats one where one::text ilike '%canary%'`);

describe('npm run scrub', () => {
  test('a command line that asks for nothing there is opens no store', async () => {
    const DATA_DIR = join(folder, 'nowhere');
    expect(await scrub(['--help'], { DATA_DIR })).toMatchObject({
      ...{ code: 0, err: '', out: expect.stringContaining('--yes') as unknown },
    });
    expect((await scrub(['--nope'], { DATA_DIR })).err).toContain("Unknown option '--nope'");
    expect(await scrub([], { DATA_DIR })).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('no store') as unknown },
    });
  });

  test('files of the log that were renamed to be written over later are removed as well', async () => {
    const DATA_DIR = join(folder, 'recycled');
    const log = join(DATA_DIR, 'postgres', 'pg_wal');
    /** Files of the log with a word, by number. */
    const found = async () => {
      const names = (await readdir(log)).filter((name) => /^[0-9A-F]{24}$/.test(name)).sort();
      const texts = await Promise.all(names.map((name) => readFile(join(log, name), 'latin1')));
      return names.filter((_, n) => texts[n]?.includes('canary'));
    };
    const db = await openDb({ directory: DATA_DIR });
    await db.script(rows);
    // Every file of the log is full of it, and none is needed.
    for (let round = 0; round < 3; round++)
      await db.script(`insert into emptied select repeat('canary17q ', 150) from generate_series(1, 12000);
        delete from emptied`);
    await db.query('checkpoint');
    const [at] = await db.query<{ name: string }>('select pg_walfile_name(pg_current_wal_lsn()) as name');
    await db.close();
    const ahead = (await found()).filter((name) => name > (at?.name ?? ''));
    expect(ahead.length).toBeGreaterThan(0);

    const busy = await openDb({ directory: DATA_DIR });
    expect(await scrub([], { DATA_DIR })).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('while no server has it open') as unknown },
    });
    await busy.close();

    const { code, out, err } = await scrub([], { DATA_DIR });
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^3 tables were rewritten in .*\n\d+ files of the log/),
    ]);
    expect(err).toContain('3 of 3 tables (100 %)');
    expect(await found()).toEqual([]);
    const after = await openDb({ directory: DATA_DIR });
    expect(await sampled(after)).toEqual([]);
    expect(await after.query('select count(*)::int as count from kept')).toEqual([{ count: 200 }]);
    await after.close();
    // Again, it changes nothing that counts.
    expect((await scrub([], { DATA_DIR })).code).toBe(0);
  }, 120_000);

  test('stopped, it says that the rest is as it was', async () => {
    const DATA_DIR = join(folder, 'recycled');
    const { written, ...at } = terminal(DATA_DIR);
    const code = await runScrub([], { ...at, signal: AbortSignal.abort() });
    expect([code, written.out]).toEqual([130, expect.stringContaining('Stopped before the end')]);
  });
});

onPostgres(() => {
  const role = `scrub_${process.pid}`;
  let url: string;
  let db: Db;
  beforeAll(async () => {
    url = await createDatabase();
    db = await openDb({ databaseUrl: url, connections: 1 });
    await db.script(`create role ${role} login; grant all on schema public to ${role}`);
    await db.script(rows);
  });
  afterAll(async () => {
    await db.script(`drop owned by ${role}; drop role ${role}`);
    await db.close();
  });
  const files = () =>
    db.query<{ file: string }>(
      `select relname, pg_relation_filepath(oid) as file from pg_class where relname in ('kept', 'emptied')`,
    );

  test('on a server it is meant where somebody else is connected, and says whose the log is', async () => {
    const before = await files();
    const refused = await scrub([], { DATABASE_URL: url });
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('say --yes') as unknown });
    expect(await files()).toEqual(before);
    expect(await sampled(db)).toHaveLength(3);
    const { code, out } = await scrub(['--yes'], { DATABASE_URL: url });
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('archives, standbys and backups may still have'),
    ]);
    for (const { file } of await files()) expect(before.map((one) => one.file)).not.toContain(file);
    expect(await sampled(db)).toEqual([]);
  });

  test('a table that could not be rewritten is no success', async () => {
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = '';
    const { code, err } = await scrub(['--yes'], { DATABASE_URL: theirs.href });
    expect([code, err]).toEqual([1, expect.stringContaining('use the owner of the database')]);
  });
});
