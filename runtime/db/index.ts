import type { Db } from './port.ts';

export type { Db, Queryable } from './port.ts';
export { requireDurable, risksOf } from './durability.ts';
export { isDuplicate, sqlProblem } from './problem.ts';
export { renewStatistics } from './statistics.ts';
export { turns } from './turns.ts';
export { differences, loadMigrations, migrate, type Migration } from './migrate.ts';

export interface OpenOptions {
  /** A PostgreSQL server; without it the store is embedded. */
  readonly databaseUrl?: string;
  /** Where the embedded store is kept; in memory without. */
  readonly directory?: string;
  /** Connections to the server at most; 10 without. */
  readonly connections?: number;
  /** A schema of its own within the server's database, made where it is missing; `public` without. */
  readonly schema?: string;
  /** Nothing is made and nothing is changed: what a statement would change, the server refuses. */
  readonly readOnly?: boolean;
  /** Told in plain sentences what takes time and what a reader should know. */
  readonly progress?: (line: string) => void;
}

/**
 * Opens the store.
 * @throws Failure STORE_IN_USE when another process has the embedded store, STORE_UNAVAILABLE when it cannot be reached
 */
export async function openDb(options: OpenOptions): Promise<Db> {
  const progress = options.progress ?? (() => undefined);
  if (options.databaseUrl !== undefined) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(options.databaseUrl, { ...options, progress });
  }
  const { openPglite } = await import('./pglite.ts');
  const db = await openPglite(options.directory, progress);
  if (options.directory !== undefined)
    progress(
      'The embedded store survives a crash of the process, not of the machine; set DATABASE_URL to a PostgreSQL server for both.',
    );
  return db;
}
