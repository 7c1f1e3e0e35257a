import type { Db, Queryable } from '../../runtime/db/index.ts';
import { sweepPlaceIn, type Stepped, type Sweep, type SweepAt } from '../../runtime/sweeping.ts';
import type { DuplicateQueue } from './queue.ts';
import { pairName, type Pair } from './verdicts.ts';
import { walkBlocks, type Found, type Walked } from './walk.ts';

export interface SweepOptions {
  readonly db: Db;
  /** Milliseconds from the end of a sweep to the next one; 0 begins one whenever none runs. */
  readonly interval: number;
  /** Who is asked about what is found; nobody where absent. */
  readonly queue?: DuplicateQueue | undefined;
  /** Milliseconds for which a sweep is in one process's hands without a word from it; 60,000 where absent. */
  readonly lease?: number;
  /** Entries of blocks that are walked in a step; 2,000 where absent. */
  readonly most?: number;
}

/** How far a sweep is. */
export interface SweepProgress {
  /** Entries of blocks when it began. */
  readonly total: number;
  /** How many of them are done. */
  readonly walked: number;
  /** Pairs of customers that were compared; one that is in two blocks counts twice. */
  readonly compared: number;
}

/** What a step of a sweep came to. */
export type SweepStep = Stepped<SweepProgress>;

/** What people have decided is not asked again. A pair that this sweep has met before is not given back. */
const note = `
  insert into identity_duplicate as d (lower, higher, verdict, score, reasons, sweep)
  select f.lower, f.higher, f.verdict, f.score, f.reasons, $2
  from json_to_recordset($1::json) as f (lower uuid, higher uuid, verdict text, score float8, reasons jsonb)
  where not exists (select from identity_verdict v where v.lower = f.lower and v.higher = f.higher)
  on conflict (lower, higher) do update set
    (verdict, score, reasons, sweep) = (excluded.verdict, excluded.score, excluded.reasons, excluded.sweep)
  where d.sweep <> excluded.sweep
  returning d.lower, d.higher`;

/** What this sweep has not met any more. */
const forget = 'delete from identity_duplicate where sweep <> $1 returning lower, higher';

/**
 * Goes through all customers for those that may be one, some blocks at a time, in memory that does not grow with their
 * number. How far it is, is stored with what was found, so that after a crash it goes on there, here or in another
 * process.
 */
export function sweepOf({ db, interval, queue, lease, most = 2000 }: SweepOptions): Sweep<SweepProgress> {
  const at = sweepPlaceIn({
    ...{ db, table: 'identity_sweep', counters: ['walked', 'compared'], interval, lease },
    async total() {
      const [row] = await db.query<{ entries: string }>('select count(*) as entries from identity_block');
      return Number(row?.entries ?? 0);
    },
  });

  async function noteAll(tx: Queryable, sweep: number, found: readonly Found[]): Promise<void> {
    if (found.length === 0) return;
    const noted = await tx.query<Pair>(note, [JSON.stringify(found), sweep]);
    if (!queue) return;
    const byPair = new Map(found.map((one) => [pairName(one), one]));
    for (const pair of noted) {
      const one = byPair.get(pairName(pair));
      if (one) await queue.ask(tx, one);
    }
  }

  const stepped = ({ total, walked, compared }: SweepProgress, state: 'GOING_ON' | 'ENDED'): SweepStep => ({
    state,
    total,
    walked,
    compared,
  });

  async function settle(from: At, { place, walked, compared, found }: Walked): Promise<SweepStep> {
    return db.transaction(async (tx) => {
      const here = await at.go(tx, from, place, { walked, compared });
      if (!here) return { state: 'ELSEWHERE' };
      await noteAll(tx, from.sweep, found);
      if (place !== null) return stepped(here, 'GOING_ON');
      const gone = await tx.query<Pair>(forget, [from.sweep]);
      if (queue) for (const pair of gone) await queue.withdraw(tx, pair, 'NOT_ALIKE');
      return stepped(here, 'ENDED');
    });
  }

  return {
    async step() {
      const from = await at.take();
      if (typeof from === 'string') return { state: from };
      return settle(from, await walkBlocks(db, from.place, most));
    },
    release: () => at.release(),
  };
}

type At = SweepAt<'walked' | 'compared'>;
