import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { SystemName } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import { hint } from './hints.ts';
import { forgetMessages, inboxChannel } from './receive.ts';

/** A system whose feed does not tell what is gone. */
export interface Swept {
  readonly system: SystemName;
  /** Which of these records the system has. */
  present(keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}

export interface SweepOptions {
  readonly db: Db;
  /** Keys of a system's known records after one, in order; none at the end. */
  readonly keysAfter: (system: SystemName, after: string, most: number) => Promise<readonly string[]>;
  /** Milliseconds from the end of a sweep to the next one, and from the first start to the first sweep. */
  readonly interval: number;
  /** Milliseconds for which a sweep is in one process's hands without a word from it; 60,000 where absent. */
  readonly lease?: number;
  /** Records that are compared at a time; 500 where absent. */
  readonly most?: number;
}

/** What a step of a sweep came to. */
export type Step =
  | { readonly state: 'NOT_DUE' }
  | { readonly state: 'GOING_ON' | 'ENDED'; readonly compared: number; readonly gone: number };

/**
 * Looks for records that are gone without a word, some at a time: those that the system no longer has go into the inbox,
 * where a second reading decides. How far it has come is stored with what it found, so that another process goes on there.
 */
export function sweepOf({ db, keysAfter, interval, lease = 60_000, most = 500 }: SweepOptions) {
  const sweeper = randomUUID();

  /** Where to go on; null where it is not due, or somebody else's. */
  async function claim(system: SystemName): Promise<string | null> {
    await db.query(
      `insert into events_sweep (system, due) values ($1, clock_timestamp() + $2::bigint * interval '1 millisecond')
       on conflict do nothing`,
      [system, interval],
    );
    const [row] = await db.query<{ place: string | null }>(
      `update events_sweep set held_by = $2::uuid,
         held_until = clock_timestamp() + $3::int * interval '1 millisecond'
       where system = $1 and due <= clock_timestamp()
         and (held_by is null or held_by = $2::uuid or held_until < clock_timestamp())
       returning place`,
      [system, sweeper, lease],
    );
    return row ? (row.place ?? '') : null;
  }

  return async (swept: Swept, signal: AbortSignal): Promise<Step> => {
    const { system } = swept;
    const place = await claim(system);
    if (place === null) return { state: 'NOT_DUE' };
    const keys = await keysAfter(system, place, most);
    const last = keys.at(-1);
    const there = last === undefined ? new Set<string>() : await swept.present(keys, signal);
    const gone = keys.filter((key) => !there.has(key));
    return db.transaction(async (tx) => {
      const [mine] = await tx.query<{ compared: string; gone: string }>(
        last === undefined
          ? `update events_sweep set place = null, held_by = null, ended_at = clock_timestamp(),
               due = clock_timestamp() + $3::bigint * interval '1 millisecond'
             where system = $1 and held_by = $2::uuid returning compared, gone`
          : `update events_sweep set place = $3,
               compared = case when place is null then 0 else compared end + $4::int,
               gone = case when place is null then 0 else gone end + $5::int
             where system = $1 and held_by = $2::uuid returning compared, gone`,
        last === undefined ? [system, sweeper, interval] : [system, sweeper, last, keys.length, gone.length],
      );
      // Another process went on with it meanwhile.
      if (!mine) return { state: 'NOT_DUE' };
      await hint(
        tx,
        gone.map((key) => ({ system, key, source: 'SWEEP' })),
      );
      if (gone.length > 0) await tx.query('select pg_notify($1, $2)', [inboxChannel, system]);
      const state = last === undefined ? 'ENDED' : 'GOING_ON';
      return { state, compared: Number(mine.compared), gone: Number(mine.gone) };
    });
  };
}

export interface SweepsOptions extends SweepOptions {
  readonly systems: readonly Swept[];
  /** Told of every step that failed; it is tried again. */
  readonly failed: (system: SystemName, error: unknown) => void;
}

/** Milliseconds between two looks whether a sweep is due. */
const look = 60_000;

/** Sweeps systems one after another whenever it is time, and forgets old messages; gives the way to stop. */
export function startSweeps({ systems, failed, ...options }: SweepsOptions): () => Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  const step = sweepOf(options);
  const stopped = () => signal.aborted;
  const pause = (milliseconds: number) =>
    wait(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);

  async function sweep(swept: Swept): Promise<void> {
    while (!stopped()) {
      const began = performance.now();
      if ((await step(swept, signal)).state !== 'GOING_ON') return;
      // The system is left alone for as long as it was busy with this.
      await pause(performance.now() - began);
    }
  }

  const run = async (): Promise<void> => {
    while (!stopped()) {
      for (const swept of systems)
        await sweep(swept).catch((error: unknown) => {
          if (!stopped()) failed(swept.system, error);
        });
      await forgetMessages(options.db).catch(() => 0);
      await pause(Math.min(look, options.interval));
    }
  };
  const running = run();
  return async () => {
    ended.abort();
    await running;
  };
}
