import type { Db, Queryable } from '../runtime/db/index.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import { showEvents } from './gauges.ts';
import { logIn, type Log } from './log.ts';
import { openReader, type ReaderOptions } from './reader.ts';
import { startRetention, type Retention } from './retention.ts';
import type { Outdated, Tagged } from './sequence.ts';
import { startSequencer } from './sequencer.ts';
import { havingTagsIn, type HavingTags } from './tagged.ts';
import type { Tail } from './tail.ts';

/** The change feed of a store. */
export interface Events {
  readonly log: Log;
  /** The log's end in this process. */
  readonly tail: Tail;
  /** Attributes by which subscribers choose, and the entities that have what a filter chooses. */
  readonly tagged: readonly Tagged[];
  readonly havingTags: HavingTags;
  /** Something was captured in this process: positions are given at once, instead of at the next look. */
  readonly wake: () => void;
  /** Gives positions to what is captured by now, one batch at most, and stops. */
  stop(): Promise<void>;
}

/** What the feed is opened over. */
export interface EventsOptions extends Pick<ReaderOptions, 'redisUrl' | 'notice'> {
  /** With the migrations of the feed. */
  readonly db: Db;
  readonly metrics: Metrics;
  /** Attributes by which subscribers choose. */
  readonly tagged: readonly Tagged[];
  readonly retention: Retention;
  /** Has records read again that were read before something newer was told of them; in the sequencer's transaction. */
  readonly reread: (tx: Queryable, records: readonly Outdated[]) => Promise<void>;
  /** Told of faults that no caller hears of. */
  readonly failed: (error: unknown) => void;
}

/** How fast the feed goes. */
export interface EventsPace {
  /** Milliseconds between two looks into the outbox. */
  readonly interval: number;
  /** Drafts that one transaction takes at most. */
  readonly batch: number;
  /** Milliseconds between two looks for what is past retention. */
  readonly retention: number;
}

/** The embedded store does one thing at a time: a batch holds up everybody else, and so is small. */
const usualPace = ({ kind }: Db): EventsPace => ({
  interval: 100,
  batch: kind === 'pglite' ? 50 : 500,
  retention: 60_000,
});

/**
 * Begins to give positions and to keep to the retention. Several processes may do so: one at a time does the work, and the
 * others take over whenever it does not.
 */
export async function openEvents(
  options: EventsOptions,
  pace: EventsPace = usualPace(options.db),
): Promise<Events> {
  const { db, metrics, tagged, retention, failed } = options;
  const log = logIn(db);
  const reader = await openReader({ ...options, log });
  const sequencer = startSequencer({ ...options, ...pace, told: reader.told });
  const keeper = startRetention({ db, retention, interval: pace.retention, failed });
  showEvents(metrics, db);
  return {
    log,
    tail: reader.tail,
    tagged,
    havingTags: havingTagsIn(db, tagged),
    wake: () => {
      sequencer.wake();
    },
    async stop() {
      await keeper.stop();
      await sequencer.stop();
      await reader.stop();
    },
  };
}
