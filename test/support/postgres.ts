import { userInfo } from 'node:os';
import pg from 'pg';
import { testServices } from '../../runtime/config.ts';

/** The PostgreSQL server that tests may use: TEST_DATABASE_URL, or one on the standard local port. */
export async function findServer(): Promise<string | undefined> {
  const { databaseUrl } = testServices();
  const candidates = databaseUrl
    ? [databaseUrl]
    : ['postgres', userInfo().username].map((user) => `postgres://${user}@127.0.0.1:5432/postgres`);
  for (const url of candidates) {
    try {
      await administer(url, 'select 1');
      return url;
    } catch {
      // The next one may answer.
    }
  }
  return undefined;
}

/** Runs one statement on the server itself, outside any store under test. */
export async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A database of one's own on a server. */
export interface OwnDatabase {
  readonly url: string;
  /** Removes it, whoever is still connected. */
  readonly drop: () => Promise<void>;
}

/** Makes an empty database; `name` must be one that needs no quotes. */
export async function makeDatabase(server: string, name: string): Promise<OwnDatabase> {
  await administer(server, `create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => administer(server, `drop database if exists ${name} with (force)`),
  };
}
