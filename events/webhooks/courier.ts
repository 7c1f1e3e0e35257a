import type { Db } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { looking } from '../../runtime/looking.ts';
import type { Change } from '../change.ts';
import type { Log } from '../log.ts';
import { deliver, type DeliverOptions } from './deliver.ts';
import type { Endpoint } from './endpoint.ts';
import type { Held } from './journal.ts';

/** Changes that are read at a time. */
const stretch = 500;

export interface CourierOptions extends Omit<DeliverOptions, 'gone' | 'stopped'> {
  readonly db: Db;
  readonly log: Pick<Log, 'after'>;
  /** Whether an endpoint is told of a change; null where its filter means nothing any more. */
  readonly matcherFor: (endpoint: Endpoint) => ((change: Change) => boolean) | null;
  /** Those of its changes whose entities an endpoint is to be told of. */
  readonly seen: (endpoint: Endpoint, changes: readonly Change[]) => Promise<readonly Change[]>;
  /** Endpoints that are sent to at a time: of those that work, and of those whose last attempt failed. */
  readonly concurrency: readonly [working: number, failing: number];
  /** Milliseconds between two looks, where nothing is heard of. */
  readonly interval: number;
  /** Told of what failed on our side; it is tried again. */
  readonly failed: (error: unknown) => void;
}

export interface Courier {
  readonly look: () => void;
  /** Waits for what is under way, at most so many milliseconds: what is not answered by then is sent again later. */
  stop(grace: number): Promise<void>;
}

/**
 * Finds the endpoints that are behind, and has each told of what it is behind of. Those whose last attempt failed have a
 * place of their own, so that however many of them hang they hold up nobody else.
 */
export async function startCourier(options: CourierOptions): Promise<Courier> {
  const { db, log, journal, matcherFor, seen, concurrency, interval, failed, at } = options;
  const [working, failing] = concurrency;
  const gone = new AbortController();
  const runs = new Set<Promise<void>>();
  let stopped = false;
  const running = { working: 0, failing: 0 };
  const delivering: DeliverOptions = { ...options, gone: gone.signal, stopped: () => stopped };

  function begin(held: Held, changes: readonly Change[], until: string): void {
    const kind = held.failed.times > 0 ? 'failing' : 'working';
    running[kind]++;
    const run = deliver({ held, changes, until }, delivering)
      .catch(failed)
      .finally(() => {
        running[kind]--;
        runs.delete(run);
        look();
      });
    runs.add(run);
  }

  /** Those at one place of the log read it together; for most of them there is nothing in it. */
  async function read(position: string, all: readonly Held[]): Promise<void> {
    const changes = await log.after(position, stretch).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'CURSOR_EXPIRED') return null;
      throw error;
    });
    if (changes === null) return journal.disable(all, 'CURSOR_EXPIRED');
    const until = changes.at(-1)?.position ?? position;
    const idle: Held[] = [];
    const outdated: Held[] = [];
    for (const held of all) {
      const matches = matcherFor(held.endpoint);
      const own = matches ? await seen(held.endpoint, changes.filter(matches)) : [];
      if (!matches) outdated.push(held);
      else if (own.length === 0) idle.push(held);
      else begin(held, own, until);
    }
    if (idle.length > 0) await journal.leave(idle, until);
    if (outdated.length > 0) await journal.disable(outdated, 'FILTER_OUTDATED');
    await at('left');
  }

  async function lookOnce(): Promise<void> {
    const room = [working - running.working, failing - running.failing] as const;
    if (stopped || room.every((some) => some <= 0)) return;
    const claimed = await journal.claim(Math.max(0, room[0]), Math.max(0, room[1]));
    await at('claimed');
    const places = Map.groupBy(claimed, ({ endpoint }) => endpoint.position);
    for (const [position, all] of places) await read(position, all);
    // Where there was something, there may be more.
    if (claimed.length > 0) look();
  }

  const looks = looking({ look: lookOnce, failed, stopped: () => stopped });
  function look(): void {
    void looks.look();
  }

  const timer = setInterval(look, interval);
  const unlisten = await db.listen('events', look);
  look();
  return {
    look,
    async stop(grace) {
      stopped = true;
      clearInterval(timer);
      await unlisten();
      await looks.done();
      const late = setTimeout(() => {
        gone.abort();
      }, grace);
      await Promise.all(runs);
      clearTimeout(late);
    },
  };
}
