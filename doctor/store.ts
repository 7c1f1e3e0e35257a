import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coordinationMigrations } from '../coordination/index.ts';
import { documentsMigrations } from '../gateway/documents/store.ts';
import type { Config } from '../runtime/config.ts';
import { differences, loadMigrations, openDb, risksOf, type Db } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import { storeMigrations } from '../subgraphs/store.ts';
import { fail, ok, warn, type Found } from './finding.ts';

type Where = Pick<Config, 'databaseUrl' | 'databaseSchema' | 'dataDir' | 'databaseDurability'>;

/** The store, where it may be looked into; the finding says why where it may not. */
export interface Looked {
  readonly found: Found;
  readonly db?: Db;
}

const crash = 'the embedded store survives a crash of the process, not of the machine';
const server = 'Set DATABASE_URL to a PostgreSQL server where acknowledged writes must survive the machine.';

/** Opens the store so that nothing in it can be changed; makes none. */
export async function look(where: Where): Promise<Looked> {
  const { databaseUrl, databaseSchema, dataDir } = where;
  const remote = databaseUrl !== undefined;
  if (!remote && !existsSync(join(dataDir, 'postgres')))
    return { found: ok(`there is no store in ${dataDir} yet; the first start makes one (${crash})`) };
  try {
    const db = await openDb({
      ...(remote ? { databaseUrl, connections: 1, readOnly: true } : { directory: dataDir }),
      ...(databaseSchema === undefined ? {} : { schema: databaseSchema }),
    });
    return { db, found: remote ? durable(db, where) : warn(crash, server) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'STORE_IN_USE')
      return { found: warn(`${crash}; a process has it open, so that nobody can look into it`, server) };
    return { found: fail('the store cannot be opened', error.message) };
  }
}

function durable(db: Db, { databaseDurability }: Where): Found {
  const risks = risksOf(db.durability);
  if (risks.length === 0) return ok('PostgreSQL answers, and keeps what it acknowledges');
  const says = risks.map((risk) => risk.split(';')[0]).join('; ');
  const remedy = `Mend the server's settings: ${risks.map((risk) => risk.split('; ')[1]?.replace(/^set |\.$/g, '')).join(', ')}.`;
  return databaseDurability === 'required' ? fail(`${says}; a start is refused`, remedy) : warn(says, remedy);
}

/** Whether the schema of the store is that of this program. */
export async function schemaOf(db: Db): Promise<Found> {
  const folders = [
    ...storeMigrations,
    ...[coordinationMigrations, documentsMigrations].map((folder) => fileURLToPath(folder)),
  ];
  const { missing, changed, unknown } = await differences(db, await loadMigrations(folders));
  if (changed.length > 0)
    return fail(
      `migrations were changed after they had been applied: ${changed.join(', ')}`,
      'Restore their files, and put the changes into new ones.',
    );
  if (unknown.length > 0)
    return warn(
      `a later version has been here: it applied ${unknown.join(', ')}`,
      'Run that version, unless you go back on purpose.',
    );
  return missing.length > 0
    ? warn(`${missing.length} migrations are not applied yet`, 'The next start applies them.')
    : ok('the schema is up to date');
}
