import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { openDb, type Db } from '../db/index.ts';
import { Failure } from '../failure.ts';

/** Where the store is, as the settings say. */
export type StoreConfig = Pick<Config, 'databaseUrl' | 'databaseSchema' | 'dataDir'>;

/**
 * The store of the settings, for a command that looks at it and begins none.
 * @throws Failure NOT_FOUND, STORE_IN_USE or STORE_UNAVAILABLE
 */
export async function existingStore({ databaseUrl, databaseSchema, dataDir }: StoreConfig): Promise<Db> {
  if (databaseUrl === undefined && !existsSync(dataDir))
    throw new Failure(
      'NOT_FOUND',
      `There is no store in ${dataDir}; set DATA_DIR or DATABASE_URL to the one to check.`,
    );
  const where = databaseUrl === undefined ? { directory: dataDir } : { databaseUrl, connections: 1 };
  return openDb({ ...where, ...(databaseSchema === undefined ? {} : { schema: databaseSchema }) }).catch(
    (error: unknown) => {
      if (!(error instanceof Failure) || error.code !== 'STORE_IN_USE') throw error;
      throw new Failure('STORE_IN_USE', `${error.message} This is for while no server has it open.`, {
        cause: error,
      });
    },
  );
}
