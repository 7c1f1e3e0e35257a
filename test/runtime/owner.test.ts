import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDb } from '../../runtime/db/index.ts';
import { moduleUrl, startChild, type Child } from '../support/child.ts';

let directory: string;
const children: Child[] = [];
const start = (source: string): Child => {
  const child = startChild(source);
  children.push(child);
  return child;
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'customer-graph-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await rm(directory, { recursive: true });
});

const ownerUrl = moduleUrl('runtime/db/owner.ts');
const dbUrl = moduleUrl('runtime/db/index.ts');

test('a store in use by another process is refused, with its process id and what to do', async () => {
  const holder = start(`
    import { openDb } from '${dbUrl}';
    await openDb({ directory: '${directory}' });
    console.log('open');
    setInterval(() => {}, 1000);`);
  await holder.line();
  const opening = openDb({ directory });
  await expect(opening).rejects.toMatchObject({
    code: 'STORE_IN_USE',
    message: `The store in ${directory} is in use by process ${holder.process.pid}; stop that process, or set DATA_DIR to another directory.`,
  });
});

test('a store in use by this very process is refused', async () => {
  const db = await openDb({ directory });
  await expect(openDb({ directory })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
  await db.close();
  await (await openDb({ directory })).close();
});

test('kill -9 of the owner loses nothing that was acknowledged, and leaves no stale lock', async () => {
  const holder = start(`
    import { openDb } from '${dbUrl}';
    const db = await openDb({ directory: '${directory}' });
    await db.script('create table t (n int)');
    for (let n = 1; ; n++) {
      await db.query('insert into t values ($1)', [n]);
      console.log(n);
      await new Promise(setImmediate);
    }`);
  let acknowledged = 0;
  while (acknowledged < 50) acknowledged = Number(await holder.line());
  await holder.kill();
  const db = await openDb({ directory });
  const [row] = await db.query<{ n: string; top: number }>('select count(*) as n, max(n) as top from t');
  expect(Number(row?.n)).toBeGreaterThanOrEqual(acknowledged);
  expect(Number(row?.n)).toBe(row?.top);
  await db.close();
});

test('of many processes racing for the lock of a killed one exactly one wins, again and again', async () => {
  const contenders = Array.from({ length: 8 }, () =>
    start(`
      import { own } from '${ownerUrl}';
      for (;;) {
        try {
          globalThis.kept = own('${directory}');
          console.log('won');
          setInterval(() => {}, 1000);
          break;
        } catch (error) {
          console.log(error.code);
          await new Promise((go) => setTimeout(go, Math.random() * 3));
        }
      }`),
  );
  const alive = new Set(contenders);
  while (alive.size > 0) {
    // Everyone is read until it has won, or has lost once while somebody else had won.
    const winners: Child[] = [];
    await Promise.all(
      [...alive].map(async (child) => {
        for (;;) {
          const had = winners.length > 0;
          const line = await child.line();
          if (line === 'won') {
            winners.push(child);
            return;
          }
          expect(line).toBe('STORE_IN_USE');
          if (had) return;
        }
      }),
    );
    expect(winners).toHaveLength(1);
    for (const winner of winners) {
      alive.delete(winner);
      await winner.kill();
    }
  }
});

test('an interrupted first start is begun anew', async () => {
  const first = await openDb({ directory });
  await first.close();
  await writeFile(join(directory, 'postgres.unfinished'), '');
  await rm(join(directory, 'postgres', 'global'), { recursive: true });
  const db = await openDb({ directory });
  expect(await db.query('select 1 as ok')).toEqual([{ ok: 1 }]);
  await db.close();
  expect(await readdir(directory)).not.toContain('postgres.unfinished');
});

test('a damaged store and a directory that cannot be written say what to do', async () => {
  await (await openDb({ directory })).close();
  await rm(join(directory, 'postgres', 'global'), { recursive: true });
  await expect(openDb({ directory })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await writeFile(join(directory, 'file'), '');
  await expect(openDb({ directory: join(directory, 'file') })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
});
