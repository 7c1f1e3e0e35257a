import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Change, Events } from '../../events/index.ts';
import { expireBatch } from '../../events/retention.ts';
import { follow } from '../../events/follow.ts';
import { openReader, type Reader, type ReaderOptions } from '../../events/reader.ts';
import { openTail } from '../../events/tail.ts';
import { endable } from '../../runtime/ending.ts';
import type { Db } from '../../runtime/db/index.ts';
import { prepared } from '../../subgraphs/store.ts';
import { onRedis } from '../support/redis.ts';
import { withStores } from '../support/store.ts';
import { emptied, flawsOf, openFeed, write } from './telling.ts';

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});
async function kept<T extends { stop(): Promise<void> }>(opening: Promise<T>): Promise<T> {
  const one = await opening;
  opened.push(one);
  return one;
}

const all = { filter: {}, matches: () => true };
const hear = (from: Pick<Events, 'tail' | 'log'>, after = 0, signal = new AbortController().signal) =>
  endable((ending) => follow(after, { ...from, ...all }, ending), signal);
async function take(
  stream: AsyncGenerator<{ readonly change: Change }, void>,
  count: number,
): Promise<Change[]> {
  const heard: Change[] = [];
  while (heard.length < count) {
    const next = await stream.next();
    if (next.done === true) throw new Error('it ended by itself');
    heard.push(next.value.change);
  }
  return heard;
}

withStores((open) => {
  let db: Db;
  beforeAll(async () => {
    ({ db } = await prepared(await open()));
  });
  beforeEach(() => emptied(db));

  /** A process that only reads, and hears nothing from the database unless the test says so. */
  const elsewhere = (feed: Events, given: Partial<ReaderOptions> & { readonly deaf?: true }) => {
    const deaf = { ...db, listen: () => Promise.resolve(() => Promise.resolve()) };
    const options = { log: feed.log, notice: () => undefined, failed: fail, ...given };
    return kept<Reader>(openReader({ ...options, db: given.deaf ? deaf : db }));
  };
  const fail = (error: unknown): void => {
    throw error;
  };

  test('all who follow are given the same object for the same change', async () => {
    const feed = await kept(openFeed(db));
    const streams = [hear(feed), hear(feed), hear(feed)];
    const heard = Promise.all(streams.map((stream) => take(stream, 20)));
    await write(db, { writers: 1, changes: 20 });
    const [one, ...others] = await heard;
    for (const other of others)
      other.forEach((change, index) => {
        expect(change).toBe(one?.[index]);
      });
    await Promise.all(streams.map((stream) => stream.return()));
  });

  test('a notification that is lost costs a moment, and no change', async () => {
    const feed = await kept(openFeed(db));
    const log = feed.log;
    const deaf = { listen: () => Promise.resolve(() => Promise.resolve()) };
    const tail = await kept(openTail({ db: deaf, log, interval: 20, failed: fail }));
    const stream = hear({ tail, log });
    const heard = take(stream, 50);
    await write(db, { writers: 2, changes: 50 });
    expect(flawsOf(await heard)).toEqual([]);
    await stream.return();
  });

  test('whoever is further behind than what is at hand reads the log, and comes up to the present', async () => {
    const feed = await kept(openFeed(db));
    await write(db, { writers: 2, changes: 2_500 });
    const stream = hear(feed);
    const heard = await take(stream, 2_500);
    expect(feed.tail.reaches(0)).toBe(false);
    const more = take(stream, 100);
    await write(db, { writers: 1, changes: 100 });
    expect([...heard, ...(await more)].map(({ position }) => Number(position))).toEqual(
      Array.from({ length: 2_600 }, (_, index) => index + 1),
    );
    await stream.return();
  });

  /** Lets go of all changes, as soon as nobody is just telling one. */
  async function expireAll({ log }: Events): Promise<void> {
    for (let head = await log.head(); head.floor !== head.position; head = await log.head())
      await expireBatch(db, { days: 0, most: 0 });
  }

  test('whoever is overtaken by retention is told so; what is at hand is told all the same', async () => {
    const feed = await kept(openFeed(db));
    await write(db, { writers: 1, changes: 1_500 });
    const [stream, other] = [hear(feed, 1_400), hear(feed, 1_400)];
    await take(stream, 100);
    await take(other, 1);
    await expireAll(feed);
    expect((await take(other, 99)).at(-1)?.position).toBe('1500');
    await expect(hear(feed, 100).next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    await Promise.all([stream.return(), other.return()]);
  });

  test('a process that is overtaken by retention as a whole tells those who wait, and goes on with what comes', async () => {
    const feed = await kept(openFeed(db));
    const asleep = { listen: () => Promise.resolve(() => Promise.resolve()) };
    const tail = await kept(openTail({ db: asleep, log: feed.log, interval: 3_600_000, failed: fail }));
    const waits = hear({ tail, log: feed.log }).next();
    await write(db, { writers: 1, changes: 50 });
    await take(hear(feed), 50);
    await expireAll(feed);
    await tail.look();
    await expect(waits).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    const stream = hear({ tail, log: feed.log }, tail.position());
    const next = take(stream, 1);
    await write(db, { writers: 1, changes: 1 });
    while ((await feed.log.head()).position !== '51') await pause(5);
    await tail.look();
    expect((await next)[0]?.position).toBe('51');
    await stream.return();
  });

  test('a stream that waits ends at once, by its signal and by return', async () => {
    const feed = await kept(openFeed(db));
    const gone = new AbortController();
    const [one, other] = [hear(feed, 0, gone.signal), hear(feed, 0, new AbortController().signal)];
    const [waits, too] = [one.next(), other.next()];
    gone.abort();
    expect(await waits).toEqual({ value: undefined, done: true });
    await other.return();
    expect(await too).toEqual({ value: undefined, done: true });
  });

  test('a log that cannot be read for a while is told of once, and nothing is missed', async () => {
    const feed = await kept(openFeed(db));
    let down = true;
    const faults: unknown[] = [];
    const log: Events['log'] = {
      ...feed.log,
      after: (...asked) => (down ? Promise.reject(new Error('down')) : feed.log.after(...asked)),
    };
    const failed = (error: unknown): void => void faults.push(error);
    const tail = await kept(openTail({ db, log, interval: 5, failed }));
    const stream = hear({ tail, log });
    const heard = take(stream, 30);
    await write(db, { writers: 1, changes: 30 });
    await tail.look();
    await tail.look();
    expect(faults).toHaveLength(1);
    down = false;
    expect(flawsOf(await heard)).toEqual([]);
    await stream.return();
  });

  onRedis((openRedis) => {
    test('changes come by Redis alone', async () => {
      const redis = await openRedis();
      const feed = await kept(openFeed(db, redis.url));
      let asked = 0;
      const log: Events['log'] = { ...feed.log, after: (...given) => (asked++, feed.log.after(...given)) };
      const reader = await elsewhere(feed, { redisUrl: redis.url, deaf: true, log, interval: 60_000 });
      const before = asked;
      const stream = hear({ tail: reader.tail, log });
      const heard = take(stream, 300);
      await write(db, { writers: 4, changes: 300 });
      expect(flawsOf(await heard)).toEqual([]);
      expect(asked).toBe(before);
      await stream.return();
    });

    test('a hole in what comes by Redis is filled from the log', async () => {
      const redis = await openRedis();
      const feed = await kept(openFeed(db));
      const options = { redisUrl: redis.url, deaf: true, interval: 60_000 } as const;
      const reader = await elsewhere(feed, options);
      const stream = hear({ tail: reader.tail, log: feed.log });
      const heard = take(stream, 100);
      // Nothing was published but the last one.
      await write(db, { writers: 2, changes: 100 });
      while ((await feed.log.head()).position !== '100') await pause(5);
      const [last] = await feed.log.after('99', 1);
      const { epoch } = await feed.log.head();
      await redis.command('xadd', `customer-graph:${epoch}:events`, '100-0', 'change', JSON.stringify(last));
      expect(flawsOf(await heard)).toEqual([]);
      await stream.return();
    });

    test('what is no change of ours in Redis is passed over, and costs a look into the log', async () => {
      const redis = await openRedis();
      const feed = await kept(openFeed(db, redis.url));
      const { epoch } = await feed.log.head();
      await redis.command('xadd', `customer-graph:${epoch}:events`, '7-0', 'change', '{"position":"8"}');
      const reader = await elsewhere(feed, { redisUrl: redis.url, deaf: true, interval: 20 });
      const stream = hear({ tail: reader.tail, log: feed.log });
      const heard = take(stream, 50);
      await write(db, { writers: 1, changes: 50 });
      expect(flawsOf(await heard)).toEqual([]);
      await stream.return();
    });

    test('without Redis, changes go by the database, and it says so once', async () => {
      const redis = await openRedis();
      await redis.kill();
      const feed = await kept(openFeed(db, redis.url));
      const said: string[] = [];
      const notice = (line: string): void => void said.push(line);
      const reader = await elsewhere(feed, { redisUrl: redis.url, notice });
      const stream = hear({ tail: reader.tail, log: feed.log });
      const heard = take(stream, 50);
      await write(db, { writers: 1, changes: 50 });
      expect(flawsOf(await heard)).toEqual([]);
      expect(said).toEqual([
        'Redis does not answer: changes go by the database alone until it does; nothing is lost.',
      ]);
      await stream.return();
    });
  });
});
