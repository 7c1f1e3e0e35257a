import type { Db } from '../runtime/db/index.ts';

/** How long changes are kept; whichever comes first. */
export interface Retention {
  readonly days: number;
  /** Changes at most. */
  readonly most: number;
}

export interface RetentionOptions {
  readonly db: Db;
  readonly retention: Retention;
  /** Milliseconds between two looks. */
  readonly interval: number;
  readonly failed: (error: unknown) => void;
}

/** Changes that one transaction lets go of: nobody gets a position meanwhile. */
const batch = 1000;

/**
 * Lets go of the oldest changes that are past retention, a batch of them, and moves the floor in the same transaction.
 * Gives how many; 0 where another process is at it.
 */
export async function expireBatch(db: Db, { days, most }: Retention): Promise<number> {
  return db.transaction(async (tx) => {
    const [head] = await tx.query<{ floor: string }>('select floor from events_head for update skip locked');
    if (!head) return 0;
    const [moved] = await tx.query<{ expired: number }>(
      `with next as (
         select l.position, l.hash from events_log l, events_head h
         where l.position > h.floor and l.position <= h.floor + $3
           and (l.position <= h.position - $2::bigint
             or l.at < clock_timestamp() - make_interval(secs => $1::double precision * 86400))
         order by l.position desc limit 1
       ), gone as (
         delete from events_log l using next n where l.position <= n.position returning 1
       ), moved as (
         update events_head set floor = n.position, floor_hash = n.hash from next n
       )
       select count(*)::int as expired from gone`,
      [days, most, batch],
    );
    return moved?.expired ?? 0;
  });
}

/** Keeps to the retention until it is stopped. */
export function startRetention({ db, retention, interval, failed }: RetentionOptions): {
  stop(): Promise<void>;
} {
  let running: Promise<void> | undefined;
  let stopped = false;
  async function keep(): Promise<void> {
    while (!stopped && (await expireBatch(db, retention)) === batch);
    // A server cleans up behind itself; the embedded store has nobody else who does.
    if (db.kind === 'pglite' && !stopped) await db.query('vacuum events_outbox, events_head, events_seen');
  }
  const timer = setInterval(() => {
    running ??= keep()
      .catch(failed)
      .finally(() => (running = undefined));
  }, interval);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
