import type { Config } from '../runtime/config.ts';
import type { Db } from '../runtime/db/index.ts';
import type { RowsOf } from '../runtime/rows.ts';
import { sealOf } from '../runtime/seal.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Logger, Metrics } from '../runtime/telemetry.ts';
import { openCheckpointsFile } from './checkpoints-file.ts';
import { showAudit } from './gauges.ts';
import { sealKeyOf } from './key.ts';
import { gatherReads, type Reads } from './reads.ts';
import { auditSubgraph } from './resolvers.ts';
import { startSealer, type SealerPace } from './sealer.ts';

export interface AuditOptions {
  /** With the migrations of the audit. */
  readonly db: Db;
  readonly config: Pick<Config, 'auditKey' | 'auditCheckpointsFile' | 'databaseUrl' | 'dataDir' | 'nodeEnv'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Of which customers somebody is told. */
  readonly rowsOf: RowsOf;
}

/** The audit of a store, as a process of the role `audit` keeps it. */
export interface Audit {
  readonly name: string;
  readonly resolvers: Resolvers;
  /** Seals and signs what was recorded by now, and stops. */
  stop(): Promise<void>;
}

/** The embedded store does one thing at a time: a batch holds up everybody else, and so is small. */
const usualPace = ({ kind }: Db): SealerPace => ({
  ...{ interval: 200, signing: 1_000, batch: kind === 'pglite' ? 100 : 1_000 },
  ...{ entries: 1_000, busy: 60_000, idle: 3_600_000 },
});

/**
 * Begins to seal and to sign. Several processes may do so: one at a time does the work, and the others take over whenever
 * it does not.
 * @throws Failure INVALID_CONFIGURATION
 */
export async function openAudit(
  { db, config, metrics, logger, rowsOf }: AuditOptions,
  pace: SealerPace = usualPace(db),
): Promise<Audit> {
  const { pem, notice } = await sealKeyOf(config);
  if (notice !== null) logger.warn(notice);
  const path = config.auditCheckpointsFile;
  const file = path === undefined ? undefined : await openCheckpointsFile(path);
  const seal = pem === undefined ? undefined : sealOf(pem);
  const sealer = startSealer({
    ...{ db, seal, file, pace },
    alarm: (sentence) => {
      logger.error(sentence);
    },
    failed: (error) => {
      logger.error('The audit could not be sealed; what was recorded is kept, and sealed later.', { error });
    },
  });
  showAudit(metrics, db, sealer);
  return { ...auditSubgraph(db, rowsOf), stop: () => sealer.stop() };
}

/** Begins to gather reads of personal data. */
export function openReads({ db, logger }: Pick<AuditOptions, 'db' | 'logger'>): Reads {
  return gatherReads({
    db,
    failed: (error) => {
      logger.error('Reads of personal data could not be recorded; they are kept, and recorded later.', {
        error,
      });
    },
  });
}
