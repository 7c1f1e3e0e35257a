import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Place, Store } from './contender.ts';

/** Databases for one run: each empty, with nothing else in it, and gone afterwards. */
export function places(server: string) {
  const folders: string[] = [];
  const databases: string[] = [];

  async function administer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5000 });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  return {
    async make(store: Store): Promise<Place> {
      if (store === 'pglite') {
        const folder = mkdtempSync(join(tmpdir(), 'bench-write-'));
        folders.push(folder);
        return { store, at: folder };
      }
      const name = `bench_write_${process.pid}_${databases.length + 1}`;
      await administer(`create database ${name} template template0`);
      databases.push(name);
      const url = new URL(server);
      url.pathname = `/${name}`;
      return { store, at: url.href };
    },
    async clear(): Promise<void> {
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
      for (const name of databases.splice(0))
        await administer(`drop database if exists ${name} with (force)`);
    },
  };
}
