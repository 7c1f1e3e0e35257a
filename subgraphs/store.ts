import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditMigrations } from '../audit/index.ts';
import { eventsMigrations, fingerprinterOf, fingerprintSecret, type Fingerprinter } from '../events/index.ts';
import {
  createIdentity,
  identityMigrations,
  readRowRules,
  type Identity,
  type RowRule,
} from '../identity/index.ts';
import type { Config } from '../runtime/config.ts';
import { loadMigrations, migrate, openDb, requireDurable, type Db } from '../runtime/db/index.ts';
import { stewardMigrations } from '../steward/index.ts';
import { systems } from './index.ts';

/** Everything that the audit, the steward's queue, the register, the change feed and the sandboxes keep in the store. */
export const storeMigrations: readonly string[] = [
  fileURLToPath(auditMigrations),
  fileURLToPath(stewardMigrations),
  fileURLToPath(identityMigrations),
  fileURLToPath(eventsMigrations),
  ...['sandbox', ...systems.map(({ name }) => name)].map((name) =>
    join(import.meta.dirname, name, 'migrations'),
  ),
];

/** The store, and what is in it. */
export interface Store {
  readonly db: Db;
  readonly identity: Identity;
  /** Fingerprints of this store. */
  readonly fingerprint: Fingerprinter;
}

/**
 * Opens the store of the configuration and brings its schema up to date; `close` of its `db` lets go of it.
 * @throws Failure STORE_IN_USE, STORE_UNAVAILABLE, INVALID_CONFIGURATION
 */
export async function openStore(
  config: Pick<
    Config,
    'databaseUrl' | 'databaseSchema' | 'databaseConnections' | 'databaseDurability' | 'dataDir'
  > &
    Partial<Pick<Config, 'rowRulesFile'>>,
  progress: (line: string) => void,
): Promise<Store> {
  const { databaseUrl, databaseSchema, databaseConnections, dataDir } = config;
  const rowRules = readRowRules(config.rowRulesFile);
  const db = await openDb({
    ...(databaseUrl === undefined ? { directory: dataDir } : { databaseUrl }),
    ...(databaseSchema === undefined ? {} : { schema: databaseSchema }),
    connections: databaseConnections,
    progress,
  });
  try {
    // What the embedded store survives is said when it is opened, and cannot be set.
    if (db.kind === 'postgres' && config.databaseDurability === 'required') requireDurable(db.durability);
  } catch (error) {
    await db.close();
    throw error;
  }
  return prepared(db, rowRules);
}

/** The store with its schema up to date; without rules about rows everybody sees all customers. */
export async function prepared(db: Db, rowRules: readonly RowRule[] | null = null): Promise<Store> {
  try {
    await migrate(db, await loadMigrations(storeMigrations));
    return await storeOver(db, rowRules);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** What is in a store whose schema is up to date. */
export async function storeOver(db: Db, rowRules: readonly RowRule[] | null = null): Promise<Store> {
  const fingerprint = fingerprinterOf(await fingerprintSecret(db));
  return { db, identity: createIdentity({ db, seal: fingerprint, rowRules }), fingerprint };
}
