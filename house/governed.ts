import { openGoverned, participantOf, type Governed } from '../coordination/index.ts';
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
    limits: systems.map(({ name, system }) => ({
      system,
      rate: config.writeRates?.get(name) ?? null,
      concurrency: config.writeConcurrencies?.get(name) ?? null,
    })),
    referenceUrl: config.referenceUrl,
    failed: (what, error) => {
      logger.error(`A ${what} failed on our side; it is taken up again.`, { error });
    },
  });
}
