import type { Config } from '../runtime/config.ts';
import type { Db } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import { existingStore, type StoreConfig } from '../runtime/terminal/store.ts';
import type { Terminal } from '../runtime/terminal/terminal.ts';

/** Where the command is run. */
export interface AuditTerminal extends Terminal {
  readonly config: () => StoreConfig & Pick<Config, 'auditKey' | 'auditCheckpointsFile'>;
}

/** Does something with the audit of the store, which must have one. */
export async function overAudit<T>(config: StoreConfig, work: (db: Db) => Promise<T>): Promise<T> {
  const db = await existingStore(config);
  try {
    const [found] = await db.query<{ exists: boolean }>(
      `select to_regclass('audit_head') is not null as exists`,
    );
    if (found?.exists !== true)
      throw new Failure('NOT_FOUND', 'There is no audit in this store yet; start the server once.');
    return await work(db);
  } finally {
    await db.close();
  }
}
