import type { Config } from '../runtime/config.ts';
import type { Db } from '../runtime/db/index.ts';
import { sealOf } from '../runtime/seal.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import { openCheckpointsFile } from './checkpoints-file.ts';
import { showAudit } from './gauges.ts';
import { sealKeyOf } from './key.ts';
import { auditSubgraph } from './resolvers.ts';
import { startSealer, type SealerPace } from './sealer.ts';

export interface AuditOptions {
  /** With the migrations of the audit. */
  readonly db: Db;
  readonly config: Pick<Config, 'auditKey' | 'auditCheckpointsFile' | 'databaseUrl' | 'dataDir'>;
  readonly metrics: Metrics;
  /** Told in plain sentences what whoever starts the process should know. */
  readonly notice: (line: string) => void;
  /** Told once that the chain is not the one that was signed. */
  readonly alarm: (line: string) => void;
  /** Told of faults that no caller hears of. */
  readonly failed: (error: unknown) => void;
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
  { db, config, metrics, notice, alarm, failed }: AuditOptions,
  pace: SealerPace = usualPace(db),
): Promise<Audit> {
  const { pem, notice: sentence } = await sealKeyOf(config);
  if (sentence !== null) notice(sentence);
  const path = config.auditCheckpointsFile;
  const file = path === undefined ? undefined : await openCheckpointsFile(path);
  const seal = pem === undefined ? undefined : sealOf(pem);
  const sealer = startSealer({ db, seal, file, alarm, failed, pace });
  showAudit(metrics, db, sealer);
  return { ...auditSubgraph(db), stop: () => sealer.stop() };
}
