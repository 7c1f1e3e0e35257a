import type { Db } from '../db/index.ts';

/**
 * Removes what the embedded store's write-ahead log has of the past. A store keeps files of it that it has no need for any
 * more, gives them other names, and writes over them later: what they had stays until then. Here each is gone through and
 * removed instead.
 * @returns how many files were removed
 */
export async function removeLog(db: Db): Promise<number> {
  // The checkpoints below are made in this session.
  await db.query('set wal_recycle = off');
  const past = await filesOf(db);
  let left = past;
  // Each round leaves the first one behind; those that are named ahead are gone through one by one.
  for (let round = 0; round <= past.length && left.length > 0; round++) {
    await db.query('select pg_switch_wal()');
    await db.query('checkpoint');
    const now = new Set(await filesOf(db));
    left = past.filter((name) => now.has(name));
  }
  if (left.length > 0) throw new Error(`files of the log stay: ${left.join(', ')}`);
  return past.length;
}

async function filesOf(db: Db): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>('select name from pg_ls_waldir() order by name');
  return rows.map(({ name }) => name);
}
