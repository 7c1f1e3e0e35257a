import type { Db } from '../runtime/db/index.ts';
import { looking } from '../runtime/looking.ts';
import { carriedOut, type Outcome } from './decide.ts';
import type { Kind, StoredItem, Verdict } from './item.ts';
import { columns, hold, move } from './items.ts';
import { decidedChannel } from './queue.ts';

/** A decision that holds. */
export interface Decided extends Verdict {
  readonly item: StoredItem;
}

/**
 * Continues what waited, in the way that was decided. It may be called again with the same decision, also after it was
 * done: it has to know that, and rejects where it is to be tried again.
 */
export type Continue = (decided: Decided) => Promise<Outcome>;

/** How what is decided is continued, by the kind of item; what a process does not know another one does. */
export type Continuations = Readonly<Partial<Record<Kind, Continue>>>;

export interface ContinuingOptions {
  readonly db: Db;
  readonly continuations: Continuations;
  /** Told of every attempt that failed; it is made again. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds between two looks, where nothing is heard of; 1,000 where absent. */
  readonly interval?: number;
  /** Milliseconds for which a decision is in one process's hands; 30,000 where absent. */
  readonly lease?: number;
}

/** Continues what was decided, wherever that was. */
export interface Continuing {
  /** Resolves when nothing is left to be continued here and now; never rejects. */
  readonly look: () => Promise<void>;
  stop(): Promise<void>;
}

/** A decision in the hands of this process. */
interface Claimed {
  readonly item: StoredItem;
  readonly epoch: number;
}

/** Begins to continue what is decided: each decision at least once, by one process at a time. */
export async function startContinuing({
  db,
  continuations,
  failed,
  interval = 1_000,
  lease = 30_000,
}: ContinuingOptions): Promise<Continuing> {
  const kinds = Object.keys(continuations) as Kind[];
  if (kinds.length === 0) return idle;
  let stopped = false;

  async function claim(): Promise<Claimed | null> {
    const [row] = await db.query<StoredItem & { readonly epoch: number }>(
      `update steward_item i set epoch = epoch + 1,
         continue_at = clock_timestamp() + $2::int * interval '1 millisecond'
       where id = (
         select id from steward_item
         where state = 'DECIDED' and continue_at <= clock_timestamp() and kind = any($1::text[])
         order by continue_at limit 1 for update skip locked)
       returning ${columns}, i.epoch`,
      [kinds, lease],
    );
    return row ? { item: row, epoch: row.epoch } : null;
  }

  /** Only for who claimed it last, and while it waits: whatever it waited for may have come to its end by itself. */
  async function settle({ item, epoch }: Claimed, outcome: Outcome): Promise<void> {
    await db.transaction(async (tx) => {
      const now = await hold(tx, item.id);
      const [mine] = await tx.query(
        `select from steward_item where id = $1 and state = 'DECIDED' and epoch = $2`,
        [item.id, epoch],
      );
      if (now && mine) await move(tx, item.id, carriedOut(now, outcome, new Date().toISOString()));
    });
  }

  async function again({ item, epoch }: Claimed): Promise<void> {
    await db.query(
      `update steward_item set continue_at = clock_timestamp() + $3::int * interval '1 millisecond'
       where id = $1 and state = 'DECIDED' and epoch = $2`,
      [item.id, epoch, Math.min(longestPause, firstPause * 2 ** Math.min(epoch - 1, 10))],
    );
  }

  async function carryOut(claimed: Claimed): Promise<void> {
    const { item } = claimed;
    const proceed = continuations[item.kind];
    if (!proceed || !item.decision) throw new Error(`a decision about ${item.kind} has nothing to continue`);
    try {
      await settle(claimed, await proceed({ ...item.decision, item }));
    } catch (error) {
      failed(error);
      await again(claimed);
    }
  }

  async function lookOnce(): Promise<void> {
    while (!stopped) {
      const claimed = await claim();
      if (!claimed) return;
      await carryOut(claimed);
    }
  }

  const looks = looking({ look: lookOnce, failed, stopped: () => stopped });
  const look = () => looks.look();
  const timer = setInterval(() => void look(), interval);
  const unlisten = await db.listen(decidedChannel, () => void look());
  void look();
  return {
    look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await unlisten();
      await looks.done();
    },
  };
}

/** A process that continues nothing has nothing to look for. */
const idle: Continuing = { look: () => Promise.resolve(), stop: () => Promise.resolve() };

/** Milliseconds after the first failure, and at most. */
const [firstPause, longestPause] = [500, 60_000];
