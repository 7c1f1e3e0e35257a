import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Db, Queryable } from './db/index.ts';

export interface SweepPlaceOptions<Counter extends string> {
  readonly db: Db;
  /** The table with the one row of the sweep. */
  readonly table: string;
  /** Columns that count what it has come to so far. */
  readonly counters: readonly Counter[];
  /** How much there is to go through, when one begins. */
  readonly total: () => Promise<number>;
  /** Milliseconds from the end of a sweep to the next one; 0 begins one whenever none runs. */
  readonly interval: number;
  /** Milliseconds for which a sweep is in one process's hands without a word from it; 60,000 where absent. */
  readonly lease?: number | undefined;
}

/** How far a sweep is. */
export type SweepAt<Counter extends string> = Readonly<Record<Counter | 'total', number>> & {
  /** Number of the sweep. */
  readonly sweep: number;
  /** What it has been through; null at its beginning. */
  readonly place: string | null;
};

/** A sweep over something large as one process goes on with it: where it is, is stored, and outlives the process. */
export interface SweepPlace<Counter extends string> {
  /** Takes up the sweep that runs, or begins one where it is time; otherwise why not. */
  take(): Promise<SweepAt<Counter> | 'NOT_DUE' | 'ELSEWHERE'>;
  /**
   * Goes on to a place, null being the end, and adds to the counts; within the transaction that stores what was found.
   * Null where another process has gone on with the sweep meanwhile: then nothing is to be stored.
   */
  go(
    tx: Queryable,
    from: SweepAt<Counter>,
    place: string | null,
    counted: Readonly<Partial<Record<Counter, number>>>,
  ): Promise<SweepAt<Counter> | null>;
  /** Lets go, so that who goes on with it next need not wait. */
  release(): Promise<void>;
}

/** The place of a sweep in a table of its own, as `identity_sweep` is one. */
export function sweepPlaceIn<Counter extends string>({
  db,
  table,
  counters,
  total,
  interval,
  lease = 60_000,
}: SweepPlaceOptions<Counter>): SweepPlace<Counter> {
  type Row = Readonly<Record<Counter | 'total', string>> & Pick<SweepAt<Counter>, 'sweep' | 'place'>;
  const sweeper = randomUUID();
  const columns = ['sweep', 'place', 'total', ...counters].join(', ');
  const added = counters.map((name, i) => `${name} = ${name} + $${5 + i}::int`).join(', ');
  const later = (milliseconds: string) => `clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;

  const at = (row: Row): SweepAt<Counter> =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, name === 'place' ? value : Number(value)]),
    ) as SweepAt<Counter>;

  return {
    async take() {
      const [held] = await db.query<{ running: boolean }>(
        `update ${table} set held_by = $1::uuid, held_until = ${later('$2::int')}
         where (running or ended_at is null or ended_at + $3::bigint * interval '1 millisecond' <= clock_timestamp())
           and (held_by is null or held_by = $1::uuid or held_until < clock_timestamp())
         returning running`,
        [sweeper, lease, interval],
      );
      if (!held) {
        const [other] = await db.query<{ running: boolean }>(`select running from ${table}`);
        return other?.running === true ? 'ELSEWHERE' : 'NOT_DUE';
      }
      if (!held.running)
        await db.query(
          `update ${table} set running = true, sweep = sweep + 1, place = null, started_at = clock_timestamp(),
             total = $2::int8, ${counters.map((name) => `${name} = 0`).join(', ')}
           where held_by = $1::uuid and not running`,
          [sweeper, await total()],
        );
      const [row] = await db.query<Row>(
        `select ${columns} from ${table} where held_by = $1::uuid and running`,
        [sweeper],
      );
      return row ? at(row) : 'ELSEWHERE';
    },

    async go(tx, { sweep }, place, counted) {
      const ends = place === null ? ', running = false, held_by = null, ended_at = clock_timestamp()' : '';
      const [row] = await tx.query<Row>(
        `update ${table} set place = $4, ${added}, held_until = ${later('$3::int')}${ends}
         where held_by = $1::uuid and running and sweep = $2 returning ${columns}`,
        [sweeper, sweep, lease, place, ...counters.map((name) => counted[name] ?? 0)],
      );
      return row ? at(row) : null;
    },

    async release() {
      await db.query(`update ${table} set held_by = null where held_by = $1::uuid`, [sweeper]);
    },
  };
}

/** What a step of a sweep came to: it is not time, another process is at it, or how far it is. */
export type Stepped<Progress> =
  | { readonly state: 'NOT_DUE' }
  | { readonly state: 'ELSEWHERE' }
  | (Progress & { readonly state: 'GOING_ON' | 'ENDED' });

/** A sweep as one process goes on with it. */
export interface Sweep<Progress> {
  /** Goes on with the sweep that runs, or begins one where it is time. */
  step(): Promise<Stepped<Progress>>;
  /** Lets go, so that who goes on with it next need not wait. */
  release(): Promise<void>;
}

export interface SweepingOptions {
  /** Done before the first sweep, until it has succeeded once; gives whether there is to be any sweep. */
  readonly before?: (signal: AbortSignal) => Promise<boolean>;
  readonly sweep: Sweep<unknown>;
  /** Told of every step that failed; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** Milliseconds between two looks whether a sweep is due. */
const look = 60_000;

/**
 * Sweeps whenever it is time, in one process of those that would.
 * @returns the way to stop, which waits for what is under way
 */
export function startSweeping({ before, sweep, failed }: SweepingOptions): () => Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  const stopped = () => signal.aborted;
  const pause = (milliseconds: number) =>
    wait(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);

  async function sweepThrough(): Promise<void> {
    while (!stopped()) {
      const began = performance.now();
      if ((await sweep.step()).state !== 'GOING_ON') return;
      // What it works with is left to others for as long as it was busy with this.
      await pause(performance.now() - began);
    }
  }

  const run = async (): Promise<void> => {
    let ready = before === undefined;
    while (!stopped()) {
      try {
        if (!ready && before && !(await before(signal))) return;
        ready = true;
        await sweepThrough();
      } catch (error) {
        if (!stopped()) failed(error);
      }
      await pause(look);
    }
  };
  const running = run();
  return async () => {
    ended.abort();
    await running;
    // A store that is gone lets go of the sweep by itself, when the lease ends.
    await sweep.release().catch(() => undefined);
  };
}
