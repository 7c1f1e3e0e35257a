import type { Config } from '../runtime/config.ts';
import type { Logger, Metrics } from '../runtime/telemetry.ts';
import type { Store } from '../subgraphs/store.ts';

/** What every part of a process stands on. */
export interface Ground {
  readonly config: Config;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly logger: Logger;
}
