import type { Db, Queryable } from '../runtime/db/index.ts';
import { startRounds, type Rounds } from '../runtime/rounds.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import type { Change } from './change.ts';
import { holdEnd, isWaiting, seenOf, takeDrafts, writeSequenced } from './outbox.ts';
import { sequence, type Outcome, type Outdated, type Sequenced, type Tagged } from './sequence.ts';

export interface SequencerOptions {
  readonly db: Db;
  readonly metrics: Metrics;
  readonly tagged: readonly Tagged[];
  /** Hears of changes as soon as they are told for good. */
  readonly told: (changes: readonly Change[]) => void;
  /** Has records read again, within the transaction in which that was found necessary. */
  readonly reread: (tx: Queryable, records: readonly Outdated[]) => Promise<void>;
  /** Told of faults that no caller hears of; what was under way is taken up again. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds between two looks into the outbox. */
  readonly interval: number;
  /** Drafts that one transaction takes at most. */
  readonly batch: number;
}

type Options = Pick<SequencerOptions, 'db' | 'tagged' | 'reread' | 'batch'>;

/** One batch, in one transaction; null where another process is at it. */
export async function sequenceBatch({ db, tagged, reread, batch }: Options) {
  return db.transaction(async (tx): Promise<(Sequenced & { readonly full: boolean }) | null> => {
    // Before anything is read: what is decided stands on what the one before has written.
    const end = await holdEnd(tx);
    if (!end) return null;
    const { ids, drafts } = await takeDrafts(tx, batch);
    const known = await seenOf(tx, drafts, tagged);
    const sequenced = sequence(drafts, known, { end, at: end.at, tagged });
    if (sequenced.reread.length > 0) await reread(tx, sequenced.reread);
    if (ids.length > 0) await writeSequenced(tx, ids, sequenced);
    return { ...sequenced, full: ids.length === batch };
  });
}

/** Begins to give positions to what was captured, by whichever process; stopped, it takes one batch more at most. */
export function startSequencer(options: SequencerOptions): Rounds {
  const { db, metrics, failed, interval } = options;
  const count = counters(metrics);
  /** All that waits, until there is no more or another process does it. */
  async function drain(stopped: () => boolean): Promise<void> {
    if (!(await isWaiting(db))) return;
    for (let more = true; more;) {
      const done = await sequenceBatch(options);
      if (done && done.entries.length > 0) options.told(done.entries.map(({ change }) => change));
      for (const { system, outcome } of done?.outcomes ?? []) count[outcome]({ system });
      // A process that is to end leaves a long queue to the next one.
      more = done?.full === true && !stopped();
    }
  }
  return startRounds({ round: drain, failed, interval });
}

function counters(metrics: Metrics) {
  const counter = (name: string, about: string) => metrics.counter(name, about, ['system']);
  return {
    TOLD: counter('events_told_total', 'Changes that were told.'),
    ECHO: counter('events_echoes_dropped_total', 'Writes of ours that were seen again, and not told again.'),
    UNCHANGED: counter('events_unchanged_total', 'Records that were seen without a change.'),
    REREAD: counter('events_reread_total', 'Records that had to be read again before it could be told.'),
  } satisfies Record<Outcome, unknown>;
}
