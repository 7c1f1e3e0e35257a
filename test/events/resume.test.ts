import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { positionOf, type Change, type Events } from '../../events/index.ts';
import { follow } from '../../events/follow.ts';
import { openReader } from '../../events/reader.ts';
import type { Db } from '../../runtime/db/index.ts';
import { endable } from '../../runtime/ending.ts';
import { prepared } from '../../subgraphs/store.ts';
import { onRedis, type OwnRedis } from '../support/redis.ts';
import { withStores } from '../support/store.ts';
import { emptied, flawsOf, openFeed, write } from './telling.ts';

const kills = 100;
/** The embedded store has one writer at a time anyway. */
const changesOn = { postgres: 10_000, pglite: 2_000 };

/**
 * Hears all changes, killed again and again: now while it waits, now in the middle, now so late that what it missed is
 * only in the log. Goes on from the last cursor it has every time.
 */
async function hearKilled(
  { tail, log }: Pick<Events, 'tail' | 'log'>,
  until: number,
): Promise<readonly Change[]> {
  const heard: Change[] = [];
  let cursor: string | undefined;
  let killed = 0;
  const all = { tail, log, filter: {}, matches: () => true };
  while (heard.length < until) {
    const position = cursor === undefined ? 0 : Number(positionOf(cursor, await log.head()));
    const gone = new AbortController();
    const stream = endable((ending) => follow(position, all, ending), gone.signal);
    const left = killed < kills ? Math.random() * 1.5 * (until / kills) : Infinity;
    for (let taken = 0; taken < left && heard.length < until; taken++) {
      const next = await stream.next();
      if (next.done === true) throw new Error('it ended by itself');
      heard.push(next.value.change);
      cursor = next.value.cursor;
    }
    killed++;
    // Half of them while they wait for the next change, which then is lost on the way.
    const waiting = Math.random() < 0.5 ? stream.next() : undefined;
    gone.abort();
    await waiting;
    await stream.return();
  }
  expect(killed).toBeGreaterThan(kills);
  return heard;
}

/** Eight writers, a sequencer, and another process that only reads: by LISTEN, or by Redis. */
async function killedAtRandom(
  db: Db,
  redis?: OwnRedis,
  mischief?: (part: number) => void | Promise<void>,
): Promise<void> {
  const changes = changesOn[db.kind];
  const feed = await openFeed(db, redis?.url);
  const faults: unknown[] = [];
  const notice = (): void => undefined;
  const failed = (error: unknown): void => void faults.push(error);
  const reader = await openReader({ db, log: feed.log, redisUrl: redis?.url, notice, failed });
  try {
    const elsewhere = { tail: reader.tail, log: feed.log };
    const heard = await Promise.all([
      hearKilled(elsewhere, changes),
      hearKilled(feed, changes),
      write(db, { writers: 8, changes, committed: (count) => mischief?.(count / changes) }).then(() => null),
    ]);
    for (const one of heard.filter((list) => list !== null)) {
      expect(one).toHaveLength(changes);
      expect(flawsOf(one)).toEqual([]);
    }
    expect(faults).toEqual([]);
  } finally {
    await reader.stop();
    await feed.stop();
  }
}

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    ({ db } = await prepared(await open()));
  });
  beforeEach(() => emptied(db));

  test('a subscriber that is killed 100 times hears every change once and in order', async () => {
    await killedAtRandom(db);
  });

  onRedis((openRedis) => {
    test('and by Redis as well', async () => {
      await killedAtRandom(db, await openRedis());
    });

    test('nothing is lost or repeated when Redis is killed, wiped, trimmed and hangs in mid-run', async () => {
      const redis = await openRedis();
      const steps = [
        () => redis.command('flushall'),
        () => redis.kill(),
        () => redis.start(),
        async () => {
          for (const key of (await redis.command('keys', '*')) as string[])
            await redis.command('xtrim', key, 'maxlen', 0);
        },
        () => redis.command('client', 'kill', 'type', 'normal'),
        () => redis.signal('SIGSTOP'),
        () => redis.signal('SIGCONT'),
        () => redis.command('flushall'),
      ];
      let [done, last] = [0, Promise.resolve<unknown>(undefined)];
      await killedAtRandom(db, redis, async (part) => {
        const due = Math.floor(part * (steps.length + 1));
        if (due > done && done < steps.length) last = last.then(steps[done++]);
        await last;
      });
      expect(done).toBe(steps.length);
    });
  });
});
