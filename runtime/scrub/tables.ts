import { sqlProblem, type Db } from '../db/index.ts';
import { Failure } from '../failure.ts';

/** What is said after each table. */
type Observe = (done: number, total: number) => void;

/** Tables of the house, and the store's own with samples of their values, which come last: the others fill them. */
async function tablesOf(db: Db): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relkind in ('r', 'm') and c.relnamespace = current_schema()::regnamespace
     order by pg_total_relation_size(c.oid), c.relname`,
  );
  return [...rows.map(({ name }) => name), 'pg_catalog.pg_statistic'];
}

/**
 * Writes every table into new files, without old versions of rows, and removes the old files.
 * @returns how many tables; null where it was stopped before the end
 * @throws Failure STORE_IN_USE where a table is not free, FORBIDDEN where it is somebody else's
 */
export async function rewriteTables(db: Db, signal: AbortSignal, observe: Observe): Promise<number | null> {
  const tables = await tablesOf(db);
  for (const [index, name] of tables.entries()) {
    if (signal.aborted) return null;
    await rewrite(db, name);
    observe(index + 1, tables.length);
  }
  return tables.length;
}

async function rewrite(db: Db, table: string): Promise<void> {
  const before = await fileOf(db, table);
  await db.query(`vacuum full ${table}`).catch((cause: unknown) => {
    if (sqlProblem(cause)?.state !== lockNotAvailable) throw cause;
    throw new Failure(
      'STORE_IN_USE',
      `The table ${table} is in use for longer than this waits; stop what has it, and begin again.`,
      { cause },
    );
  });
  // It only warns of what is not its own, and passes it over.
  if ((await fileOf(db, table)) === before)
    throw new Failure(
      'FORBIDDEN',
      `The table ${table} could not be rewritten; use the owner of the database in DATABASE_URL.`,
    );
}

const lockNotAvailable = '55P03';

async function fileOf(db: Db, table: string): Promise<string | undefined> {
  const [row] = await db.query<{ file: string }>('select pg_relation_filepath($1::regclass) as file', [
    table,
  ]);
  return row?.file;
}
