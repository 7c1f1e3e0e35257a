import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import type { Logger } from '../../runtime/telemetry.ts';
import { documentsIn } from './manifest.ts';
import { trustedDocuments, type Mode, type TextOf } from './index.ts';
import { createRegister } from './register.ts';
import { documentsMigrations, find } from './store.ts';

/** The manifest of what the programs of this repository send, below the root. */
export const ownManifest = 'operations/manifest.json';

/** The published documents of a store, and those of our own programs. */
export async function openDocuments(mode: Mode, root: string, db: Db, logger: Logger): Promise<TextOf> {
  await migrate(db, await loadMigrations([fileURLToPath(documentsMigrations)]));
  const own = documentsIn(ownManifest, readFileSync(join(root, ownManifest), 'utf8'));
  return trustedDocuments({
    mode,
    register: createRegister({ own, find: (keys) => find(db, keys) }),
    unlisted(id) {
      logger.warn('A document was executed that is not published.', { document: `sha256:${id}` });
    },
    failed(error) {
      logger.error('Published documents cannot be looked up.', { error });
    },
  });
}
