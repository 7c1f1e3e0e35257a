import { afterAll, describe, test } from '@jest/globals';
import { testServices } from '../../runtime/config.ts';
import { openDb, type Db } from '../../runtime/db/index.ts';
import { findServer, makeDatabase, type OwnDatabase } from './postgres.ts';

export { administer } from './postgres.ts';

const { databaseUrl, required } = testServices();
const NOT_RUN = databaseUrl
  ? 'not run: PostgreSQL suites (nothing answers at TEST_DATABASE_URL)'
  : 'not run: PostgreSQL suites (no TEST_DATABASE_URL, nothing on 127.0.0.1:5432)';

const postgresUrl = await findServer();

/** A database of its own; gives its URL. Dropped with everything in it by `dropDatabases`. */
export async function createDatabase(): Promise<string> {
  if (postgresUrl === undefined) throw new Error(NOT_RUN);
  const name = `customer_graph_test_${process.pid}_${Date.now()}_${++made}`;
  const database = await makeDatabase(postgresUrl, name);
  databases.push(database);
  return database.url;
}
let made = 0;
const databases: OwnDatabase[] = [];

async function dropDatabases(): Promise<void> {
  for (const { drop } of databases.splice(0)) await drop();
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
