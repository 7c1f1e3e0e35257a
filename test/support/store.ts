import { userInfo } from 'node:os';
import { afterAll, describe, test } from '@jest/globals';
import pg from 'pg';
import { testServices } from '../../runtime/config.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';

const { databaseUrl, required } = testServices();
const NOT_RUN = databaseUrl
  ? 'not run: PostgreSQL suites (nothing answers at TEST_DATABASE_URL)'
  : 'not run: PostgreSQL suites (no TEST_DATABASE_URL, nothing on 127.0.0.1:5432)';

/** The PostgreSQL server that tests may use: TEST_DATABASE_URL, or one on the standard local port. */
const postgresUrl = await findServer();

async function findServer(): Promise<string | undefined> {
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

/** A database of its own; gives its URL. Dropped with everything in it by `dropDatabases`. */
export async function createDatabase(): Promise<string> {
  if (postgresUrl === undefined) throw new Error(NOT_RUN);
  const name = `customer_graph_test_${process.pid}_${Date.now()}_${++made}`;
  await administer(postgresUrl, `create database ${name} template template0`);
  databases.push(name);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}
let made = 0;
const databases: string[] = [];

async function dropDatabases(): Promise<void> {
  if (postgresUrl === undefined) return;
  for (const name of databases.splice(0))
    await administer(postgresUrl, `drop database if exists ${name} with (force)`);
}

/** Opens a store that is empty, and that is closed and removed when the suite is over. */
export type OpenStore = () => Promise<Db>;

/**
 * Runs a suite on the embedded store, and on PostgreSQL where a server answers. Without one it says so in one line and
 * passes, unless REQUIRE_SERVICES=1.
 */
export function withStores(suite: (open: OpenStore) => void): void {
  const on = (name: string, open: OpenStore): void => {
    describe(name, () => {
      const opened: Db[] = [];
      suite(async () => {
        const db = await open();
        opened.push(db);
        return db;
      });
      afterAll(async () => {
        await Promise.all(opened.splice(0).map((db) => db.close()));
        await dropDatabases();
      });
    });
  };
  on('on PGlite', () => openDb({}));
  onPostgres(() => {
    on('on PostgreSQL', async () => openDb({ databaseUrl: await createDatabase(), connections: 4 }));
  });
}

/** Defines a suite that needs the PostgreSQL server, or says that it is not run. */
export function onPostgres(suite: () => void): void {
  if (postgresUrl !== undefined) {
    describe('with a PostgreSQL server', () => {
      suite();
      afterAll(dropDatabases);
    });
    return;
  }
  if (required || databaseUrl)
    test('a PostgreSQL server', () => {
      throw new Error(NOT_RUN);
    });
  else process.stderr.write(`${NOT_RUN}\n`);
}
