import type { Db } from '../runtime/db/index.ts';
import type { RowsOf } from '../runtime/rows.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import { startContinuing, type Continuations } from './continue.ts';
import { showQueue } from './gauges.ts';
import { queueIn } from './queue.ts';
import { stewardSubgraph } from './resolvers.ts';

export interface StewardOptions {
  /** With the migrations of the queue. */
  readonly db: Db;
  readonly metrics: Metrics;
  /** Whether the queue's part of the graph is in this process. */
  readonly served: boolean;
  /** Whose items somebody sees. */
  readonly rowsOf: RowsOf;
  /** What can be continued in this process. */
  readonly continuations: Continuations;
  /** Told of every decision that could not be continued; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** The steward's queue as one process sees it. */
export interface Steward {
  /** Its part of the graph; null where it is not here. */
  readonly subgraph: { readonly name: string; readonly resolvers: Resolvers } | null;
  /** Continues nothing more, and waits for what is being continued. */
  stop(): Promise<void>;
}

/** Milliseconds that whoever decides waits for what was decided to be done; it goes on all the same. */
const patience = 1_000;

/** Opens the queue, and begins to continue what is decided, in whichever process that was. */
export async function openSteward({
  db,
  metrics,
  served,
  rowsOf,
  continuations,
  failed,
}: StewardOptions): Promise<Steward> {
  const continuing = await startContinuing({ db, continuations, failed });
  if (served) showQueue(metrics, db);
  const queue = queueIn({ db, rowsOf, told: () => within(patience, continuing.look()) });
  return { subgraph: served ? stewardSubgraph(db, queue, rowsOf) : null, stop: () => continuing.stop() };
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
