import { randomUUID } from 'node:crypto';
import type { Db, Queryable } from '../../runtime/db/index.ts';
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
export type SweepStep = { readonly state: 'NOT_DUE' } | { readonly state: 'ELSEWHERE' } | SweepGoing;

interface SweepGoing extends SweepProgress {
  readonly state: 'GOING_ON' | 'ENDED';
}

/** A sweep as one process goes on with it. */
export interface Sweep {
  /** Goes on with the sweep that runs, or begins one where it is time. */
  step(): Promise<SweepStep>;
  /** Lets go, so that who goes on with it next need not wait. */
  release(): Promise<void>;
}

interface Row {
  readonly sweep: number;
  readonly place: string | null;
  readonly total: string;
  readonly walked: string;
  readonly compared: string;
}

const claim = `
  update identity_sweep set held_by = $1::uuid, held_until = clock_timestamp() + $2::int * interval '1 millisecond'
  where (running or ended_at is null or ended_at + $3::bigint * interval '1 millisecond' <= clock_timestamp())
    and (held_by is null or held_by = $1::uuid or held_until < clock_timestamp())
  returning running`;

const begin = `
  update identity_sweep set running = true, sweep = sweep + 1, place = null, started_at = clock_timestamp(),
    total = (select count(*) from identity_block), walked = 0, compared = 0
  where held_by = $1::uuid and not running`;

const mine =
  'select sweep, place, total, walked, compared from identity_sweep where held_by = $1::uuid and running';

/** Nothing where another process has gone on with the sweep meanwhile. */
const advance = `
  update identity_sweep set place = $4::int8, walked = walked + $5::int, compared = compared + $6::int,
    held_until = clock_timestamp() + $2::int * interval '1 millisecond'
  where held_by = $1::uuid and running and sweep = $3 returning sweep, place, total, walked, compared`;

const end = `
  update identity_sweep set running = false, place = null, held_by = null, ended_at = clock_timestamp()
  where held_by = $1::uuid and running and sweep = $2 returning sweep, place, total, walked, compared`;

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
export function sweepOf({ db, interval, queue, lease = 60_000, most = 2000 }: SweepOptions): Sweep {
  const sweeper = randomUUID();

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

  const stepped = (row: Row, state: 'GOING_ON' | 'ENDED'): SweepStep => ({
    state,
    total: Number(row.total),
    walked: Number(row.walked),
    compared: Number(row.compared),
  });

  async function settle({ sweep }: Row, { place, walked, compared, found }: Walked): Promise<SweepStep> {
    return db.transaction(async (tx) => {
      const [row] =
        place === null
          ? await tx.query<Row>(end, [sweeper, sweep])
          : await tx.query<Row>(advance, [sweeper, lease, sweep, place, walked, compared]);
      if (!row) return { state: 'ELSEWHERE' };
      await noteAll(tx, sweep, found);
      if (place !== null) return stepped(row, 'GOING_ON');
      const gone = await tx.query<Pair>(forget, [sweep]);
      if (queue) for (const pair of gone) await queue.withdraw(tx, pair, 'NOT_ALIKE');
      return stepped(row, 'ENDED');
    });
  }

  return {
    async step() {
      const [held] = await db.query<{ running: boolean }>(claim, [sweeper, lease, interval]);
      if (!held) {
        const [other] = await db.query<{ running: boolean }>('select running from identity_sweep');
        return { state: other?.running === true ? 'ELSEWHERE' : 'NOT_DUE' };
      }
      if (!held.running) await db.query(begin, [sweeper]);
      const [row] = await db.query<Row>(mine, [sweeper]);
      if (!row) return { state: 'ELSEWHERE' };
      return settle(row, await walkBlocks(db, row.place, most));
    },
    async release() {
      await db.query('update identity_sweep set held_by = null where held_by = $1::uuid', [sweeper]);
    },
  };
}
