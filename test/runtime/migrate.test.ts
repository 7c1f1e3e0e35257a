import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadMigrations, migrate, type Migration } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';

const first: Migration = { name: '0001_first', sql: 'create table a (id int); insert into a values (1);' };
const second: Migration = { name: '0002_second', sql: 'alter table a add column b text' };

withStores((open) => {
  test('what is missing is applied once, in order', async () => {
    const db = await open();
    expect(await migrate(db, [first])).toEqual(['0001_first']);
    expect(await migrate(db, [first, second])).toEqual(['0002_second']);
    expect(await migrate(db, [first, second])).toEqual([]);
    expect(await db.query('select * from a')).toEqual([{ id: 1, b: null }]);
  });

  test('an applied migration that was changed is refused; line ends of another system are no change', async () => {
    const db = await open();
    await migrate(db, [{ ...first, sql: 'create table a (id int);\n' }]);
    expect(await migrate(db, [{ ...first, sql: 'create table a (id int);\r\n' }])).toEqual([]);
    await expect(migrate(db, [{ ...first, sql: 'create table a (id int8);\n' }])).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message:
        'The migration 0001_first was changed after it had been applied; restore it and put the change into a new one.',
    });
  });

  test('a migration that fails leaves nothing behind and is tried again', async () => {
    const db = await open();
    await expect(
      migrate(db, [first, { ...second, sql: 'create table b (id int); select 1 / 0' }]),
    ).rejects.toMatchObject({ code: '22012' });
    expect(await db.query(`select to_regclass('b') as b`)).toEqual([{ b: null }]);
    expect(await migrate(db, [first, second])).toEqual(['0002_second']);
  });

  test('several starts at once apply each migration once', async () => {
    const db = await open();
    const done = await Promise.all(Array.from({ length: 5 }, () => migrate(db, [first, second])));
    expect(done.flat().sort()).toEqual(['0001_first', '0002_second']);
  });
});

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'customer-graph-'));
});
afterAll(() => rm(root, { recursive: true }));

const folder = async (name: string, files: Record<string, string>): Promise<string> => {
  const path = await mkdtemp(join(root, name));
  for (const [file, sql] of Object.entries(files)) await writeFile(join(path, file), sql);
  return path;
};

test('migrations of several folders come in the order of their numbers', async () => {
  const folders = [
    await folder('x', { '0200_late.sql': 'select 3', 'README.md': 'no' }),
    await folder('y', { '0100_early.sql': 'select 1', '0150_middle.sql': 'select 2' }),
  ];
  expect(await loadMigrations(folders)).toEqual([
    { name: '0100_early', sql: 'select 1' },
    { name: '0150_middle', sql: 'select 2' },
    { name: '0200_late', sql: 'select 3' },
  ]);
});

test('a number used twice or a name without one is refused', async () => {
  const one = await folder('x', { '0100_a.sql': '' });
  const other = await folder('y', { '0100_b.sql': '' });
  await expect(loadMigrations([one, other])).rejects.toThrow(
    'Two migrations have the number 0100 (0100_a, 0100_b); give one of them another.',
  );
  await expect(loadMigrations([await folder('z', { 'first.sql': '' })])).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
  });
});
