import { startReaders, startSweeps } from '../events/index.ts';
import type { SystemName } from '../identity/index.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import type { EntityName } from '../schema/generated/contracts.ts';
import type { System } from './system.ts';
import { watchFeed, type Watching } from './watch.ts';

export interface ObserveOptions extends Watching {
  readonly systems: readonly System[];
  /** What their records are of. */
  readonly entity: EntityName;
  readonly metrics: Metrics;
  /** Milliseconds after the end of a system's feed until it is looked at again. */
  readonly feedInterval: number;
  /** Milliseconds between two sweeps of a system whose feed does not tell what is gone. */
  readonly sweepInterval: number;
  /** Told of every reading of hinted records and every step of a sweep that failed; it is tried again. */
  readonly failed: (system: SystemName, error: unknown) => void;
}

/**
 * Sees what is done in systems, whichever way it comes to light: their feeds are followed, hinted records are read again,
 * and what is gone without a word is looked for. All of it goes through one door.
 * @returns the way to stop, which waits for what is under way
 */
export function observeSystems(options: ObserveOptions): () => Promise<void> {
  const { systems, entity, metrics, feedInterval, sweepInterval, failed, ...watching } = options;
  const { db, identity, intake } = watching;
  const ended = new AbortController();
  const readers = startReaders({
    ...{ db, entity, intake, metrics, failed },
    absorb: (tx, system, changes) => identity.absorb(tx, system, changes),
    sources: systems,
  });
  const followed = systems.map((system) =>
    watchFeed(system, watching, { signal: ended.signal, interval: feedInterval }),
  );
  const stopSweeps = startSweeps({
    ...{ db, failed, interval: sweepInterval },
    keysAfter: (system, after, most) => identity.crosswalk.keysAfter(system, after, most),
    systems: systems.filter(({ deletesVisible }) => !deletesVisible),
  });
  return async () => {
    ended.abort();
    await Promise.all([readers.stop(), stopSweeps(), ...followed.map((one) => one.done)]);
  };
}
