import type { Identity } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import { figuresIn } from './counts.ts';
import { kept, type Figures } from './figures.ts';
import { indicators } from './indicators.ts';

/** The figures of the business, counted at most every few seconds. */
export type Indicators = () => Promise<Figures>;

export interface IndicatorsOptions {
  /** With the migrations of coordination, of the register and of the steward's queue. */
  readonly db: Db;
  readonly identity: Pick<Identity, 'avoided'>;
  readonly metrics: Metrics;
  /** Milliseconds for which what was counted is told again; 2,000 where absent. */
  readonly keep?: number;
}

/** Counts the figures, and shows each as a metric by its one definition. */
export function openIndicators({ db, identity, metrics, keep = 2_000 }: IndicatorsOptions): Indicators {
  const figures = kept(() => figuresIn(db, identity), keep);
  for (const indicator of indicators) indicator.show(metrics, figures);
  return figures;
}
