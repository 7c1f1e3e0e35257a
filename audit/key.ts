import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { newSealKey } from '../runtime/seal.ts';

type Where = Pick<Config, 'auditKey' | 'databaseUrl' | 'dataDir' | 'nodeEnv'>;

/** The private key that signs, and a sentence about it for whoever starts the process; null where nothing needs saying. */
export interface SealKey {
  /** PKCS8 PEM; absent where nothing is signed. */
  readonly pem: string | undefined;
  readonly notice: string | null;
}

/**
 * The key of the settings. Without one, an embedded store has a key of its own beside it, made where it is missing.
 * @throws Failure INVALID_CONFIGURATION without one in production
 */
export async function sealKeyOf(where: Where): Promise<SealKey> {
  const { auditKey, databaseUrl } = where;
  if (auditKey !== undefined) return { pem: auditKey, notice: null };
  if (where.nodeEnv === 'production')
    throw new Failure(
      'INVALID_CONFIGURATION',
      'Set AUDIT_KEY or AUDIT_KEY_FILE to an Ed25519 private key in PKCS8 PEM ("openssl genpkey -algorithm ed25519"): in production the audit is signed by a key that is not kept beside the store.',
    );
  if (databaseUrl !== undefined)
    return {
      pem: undefined,
      notice:
        'The audit is not signed: whoever can rewrite the store can rewrite it unnoticed. Set AUDIT_KEY, or AUDIT_KEY_FILE.',
    };
  const path = ownKeyFile(where);
  const kept = await ownKey(where);
  if (kept !== undefined) return { pem: kept, notice: null };
  const pem = newSealKey();
  await writeFile(path, pem, { mode: 0o600, flag: 'wx', flush: true });
  return {
    pem,
    notice: `A key that signs the audit was made and is in ${path}. Whoever has the store has it too: set AUDIT_KEY_FILE to one elsewhere.`,
  };
}

/** The key beside an embedded store; absent where there is none. */
export async function ownKey(where: Pick<Where, 'dataDir'>): Promise<string | undefined> {
  const path = ownKeyFile(where);
  return existsSync(path) ? readFile(path, 'utf8') : undefined;
}

const ownKeyFile = ({ dataDir }: Pick<Where, 'dataDir'>): string => join(dataDir, 'audit-key.pem');
