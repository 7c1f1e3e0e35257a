import { inspectorOf, openGoverned, participantOf, type Governed } from '../coordination/index.ts';
import type { Config } from '../runtime/config.ts';
import type { Subgraph } from '../runtime/executor.ts';
import type { Post } from '../runtime/http.ts';
import { systems } from '../subgraphs/index.ts';
import type { Ground } from './ground.ts';

/** Governed writes over the systems of record, here and elsewhere, and new customers on their way through them. */
export async function governedOf(
  { config, store: { db, identity, fingerprint }, metrics, logger }: Ground,
  subgraph: (name: string) => Subgraph,
  around: { readonly captured: () => void; readonly post: Post },
): Promise<Governed> {
  return openGoverned({
    ...{ db, identity, fingerprint, metrics, ...around },
    participants: new Map(systems.map(({ name, system }) => [system, participantOf(system, subgraph(name))])),
    limits: limitsOf(config),
    referenceUrl: config.referenceUrl,
    drift: {
      inspectors: new Map(systems.map(({ name, system }) => [system, inspectorOf(system, subgraph(name))])),
      policy: config.driftPolicy,
      sweepInterval: config.driftSweepHours * 3_600_000,
    },
    failed: (what, error) => {
      logger.error(`A ${what} failed on our side; it is taken up again.`, { error });
    },
  });
}

/** What the systems bear of all processes together. */
export function limitsOf({
  writeRates,
  writeConcurrencies,
}: Pick<Config, 'writeRates' | 'writeConcurrencies'>) {
  return systems.map(({ name, system }) => ({
    system,
    rate: writeRates?.get(name) ?? null,
    concurrency: writeConcurrencies?.get(name) ?? null,
  }));
}
