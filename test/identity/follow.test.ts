import { describe, expect, test } from '@jest/globals';
import { backoff } from '../../identity/follow.ts';
import type { Change, Feed, Identity, Progress, SystemName } from '../../identity/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { withStores } from '../support/store.ts';
import { feedOf, records } from './feeds.ts';
import { contentOf, customer, merge, openRegister } from './support.ts';

/** Follows until `enough` holds, and stops. */
async function until(
  identity: Identity,
  feed: Feed,
  enough: (progress: Progress) => boolean,
): Promise<Progress> {
  const stop = new AbortController();
  const seen: Progress[] = [];
  const following = identity.follow(feed, {
    signal: stop.signal,
    interval: 1,
    patience: 1,
    observe: (progress) => {
      seen.push(progress);
      if (enough(progress)) stop.abort();
    },
  });
  await following.done;
  expect(following.progress().state).toBe('STOPPED');
  return seen.at(-2) ?? following.progress();
}

const current = ({ currentAt }: Progress) => currentAt !== null;

withStores((open) => {
  test('a feed is followed to its end, and from there on the next time', async () => {
    const { db, identity } = await openRegister(open);
    const { feed, calls } = feedOf('CRM', records(10));
    const progress = await until(identity, feed, current);
    expect(progress).toMatchObject({ state: 'FOLLOWING', failures: 0 });
    const content = await contentOf(db);
    expect(content.customers).toHaveLength(10);
    expect(await identity.crosswalk.idsOf('CRM', ['k0', 'k9'])).toHaveProperty('size', 2);

    const last = calls.at(-1);
    calls.length = 0;
    await until(identity, feed, current);
    expect(Number(calls[0])).toBeGreaterThanOrEqual(Number(last));
    expect(await contentOf(db)).toEqual(content);
  });

  test('a feed that fails, repeats itself and comes back to life gives the same as one that does not', async () => {
    const { db, identity } = await openRegister(open);
    const { feed, calls } = feedOf('CRM', records(17));
    let call = 0;
    const faulty: Feed = {
      system: 'CRM',
      changes: async (since, signal) => {
        call++;
        if (call % 3 === 1) throw new Failure('SYSTEM_UNAVAILABLE', 'The CRM does not answer.');
        const page = await feed.changes(since, signal);
        if (call % 3 === 2)
          return { ...page, changed: [...page.changed, ...page.changed], next: since ?? '0', more: true };
        return page;
      },
    };
    const failures: number[] = [];
    await until(identity, faulty, (progress) => {
      failures.push(progress.failures);
      return current(progress);
    });
    expect(failures).toContain(1);
    expect(calls.length).toBeGreaterThan(2);
    expect((await contentOf(db)).customers).toHaveLength(17);
    expect(await (await identity.search({})).totalCount()).toBe(17);
  });

  test('effects and cursor are stored together or not at all', async () => {
    const { db, identity } = await openRegister(open);
    const { feed } = feedOf('CRM', records(4));
    await db.script(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
      create trigger full_disk before insert on identity_facts for each row execute function refuse();
    `);
    const failed = await until(identity, feed, ({ failures }) => failures === 3);
    expect(failed).toMatchObject({ state: 'FAILING', changes: 0, currentAt: null });
    expect((await contentOf(db)).customers).toEqual([]);
    expect(await db.query('select cursor from identity_feed')).toEqual([{ cursor: null }]);

    await db.script('drop trigger full_disk on identity_facts');
    await until(identity, feed, current);
    expect((await contentOf(db)).customers).toHaveLength(4);
  });

  test('of two followers one works and the other stands by, and takes over', async () => {
    const { db, identity } = await openRegister(open);
    const source = records(40);
    const stop = [new AbortController(), new AbortController()] as const;
    const told = Promise.withResolvers<undefined>();
    const takenOver = Promise.withResolvers<undefined>();
    const asked = [0, 0];
    let inside = 0;
    const follow = (index: 0 | 1) =>
      identity.follow(
        {
          system: 'CRM',
          changes: async (since, signal) => {
            asked[index] = (asked[index] ?? 0) + 1;
            expect(++inside).toBe(1);
            const page = await feedOf('CRM', source).feed.changes(since, signal);
            await new Promise(setImmediate);
            inside--;
            return page;
          },
        },
        {
          signal: stop[index].signal,
          interval: 1,
          observe: ({ state }) => {
            if (index === 1 && state === 'STANDBY') told.resolve(undefined);
            if (index === 1 && state === 'FOLLOWING') takenOver.resolve(undefined);
          },
        },
      );
    const first = follow(0);
    while (first.progress().state === 'STARTING') await new Promise(setImmediate);
    const second = follow(1);
    await told.promise;
    expect(asked[1]).toBe(0);
    stop[0].abort();
    await first.done;
    await takenOver.promise;
    stop[1].abort();
    await second.done;
    await until(identity, feedOf('CRM', source).feed, current);
    expect((await contentOf(db)).customers).toHaveLength(40);
  });

  test('a follower that has lost its feed to another one writes nothing', async () => {
    const { db, identity } = await openRegister(open);
    const { feed } = feedOf('CRM', records(4));
    const overtaken: Feed = {
      system: 'CRM',
      changes: async (since, signal) => {
        await db.query(
          `update identity_feed set held_by = gen_random_uuid(), held_until = now() + interval '1 hour'`,
        );
        return feed.changes(since, signal);
      },
    };
    const progress = await until(identity, overtaken, ({ state }) => state === 'STANDBY');
    expect(progress).toMatchObject({ changes: 0 });
    expect((await contentOf(db)).customers).toEqual([]);
  });

  test('a feed that does not answer is given up when the following ends', async () => {
    const { identity } = await openRegister(open);
    const stop = new AbortController();
    const { done } = identity.follow(
      {
        system: 'CRM',
        changes: (_, signal) =>
          new Promise(() => {
            expect(signal.aborted).toBe(false);
            setImmediate(() => {
              stop.abort();
            });
          }),
      },
      { signal: stop.signal },
    );
    await expect(done).resolves.toBeUndefined();
  });

  describe('a record', () => {
    const take = (identity: Identity, system: SystemName, ...changed: Change[]) =>
      until(
        identity,
        { system, changes: () => Promise.resolve({ changed, next: '1', more: false }) },
        current,
      );
    const holder = async (identity: Identity, system: SystemName, key: string) =>
      (await identity.crosswalk.idsOf(system, [key])).get(key);

    test('goes to whom it refers to, by another record or by the id', async () => {
      const { db, identity } = await openRegister(open);
      const [one = '', two = '', merged = ''] = await identity.register.enrol([
        customer(1),
        customer(2),
        customer(3),
      ]);
      await merge(db, merged, two);
      await take(
        identity,
        'ERP',
        { key: 'a', facts: {}, refersTo: { system: 'CRM', key: 'crm-1' } },
        { key: 'b', facts: {}, refersTo: { customer: merged } },
        { key: 'c', facts: {}, refersTo: { system: 'IDENTITY', key: one } },
        { key: 'd', facts: {}, refersTo: { customer: 'C-1' } },
        { key: 'e', facts: {}, refersTo: { system: 'CRM', key: 'a\0b' } },
      );
      expect(await identity.crosswalk.idsOf('ERP', ['a', 'b', 'c'])).toEqual(
        new Map([
          ['a', one],
          ['b', two],
          ['c', one],
        ]),
      );
      expect(await (await identity.search({})).totalCount()).toBe(4);
    });

    test.each([
      ['before', ['CRM', 'ERP'] as const],
      ['after', ['ERP', 'CRM'] as const],
    ])('is the same customer when it comes %s the one that refers to it', async (_, order) => {
      const { identity } = await openRegister(open);
      const feeds = {
        CRM: { key: 'a', facts: { name: 'Sales' } },
        ERP: { key: 'b', facts: { name: 'Legal' }, refersTo: { system: 'CRM', key: 'a' } as const },
      };
      for (const system of order) await take(identity, system, feeds[system]);
      expect(await holder(identity, 'ERP', 'b')).toBe(await holder(identity, 'CRM', 'a'));
      const { edges } = await identity.search({ filter: { name: 'sales' } });
      expect(edges).toHaveLength(1);
    });

    test('that is deleted is unlinked with what it stated, and its customer stays; coming back it is linked again', async () => {
      const { identity } = await openRegister(open);
      const stated = { key: 'erp-1', facts: { name: 'Legal', taxIds: ['DE 1234'] } };
      const [id = ''] = await identity.register.enrol([customer(1)]);
      await take(identity, 'ERP', stated);
      const finds = async () => (await identity.search({ filter: { taxId: 'DE1234' } })).edges.length;
      expect(await finds()).toBe(1);

      await take(
        identity,
        'ERP',
        { key: 'erp-1', facts: {}, deleted: true },
        { key: 'unknown', facts: {}, deleted: true },
      );
      expect((await identity.crosswalk.keysOf([id])).get(id)).toEqual({ CRM: 'crm-1', BILLING: 'cus_1' });
      expect(await finds()).toBe(0);
      expect(await (await identity.search({})).totalCount()).toBe(1);

      await take(identity, 'ERP', stated);
      expect(await holder(identity, 'ERP', 'erp-1')).toBe(id);
      expect(await finds()).toBe(1);
    });

    test('counts as it was last on its page, and one that cannot be held does not hold up the others', async () => {
      const { identity } = await openRegister(open);
      const progress = await take(
        identity,
        'CRM',
        { key: 'a', facts: { name: 'First' } },
        { key: '', facts: {} },
        { key: 'a\0b', facts: {} },
        { key: 'gone', facts: {} },
        { key: 'a', facts: { name: 'Last' } },
        { key: 'gone', facts: {}, deleted: true },
      );
      expect(progress.changes).toBe(2);
      expect((await identity.search({ filter: { name: 'last' } })).edges).toHaveLength(1);
      expect(await (await identity.search({})).totalCount()).toBe(1);
    });
  });
});

test('waiting grows to a minute, is random, and is at least what the system asked for', () => {
  const failure = new Error('no answer');
  const most = (failures: number) => backoff(failures, 500, failure, () => 1);
  expect([1, 2, 3, 20, 2000].map(most)).toEqual([500, 1000, 2000, 60_000, 60_000]);
  expect(backoff(3, 500, failure, () => 0.25)).toBe(500);
  const limited = new Failure('RATE_LIMITED', 'Too many calls.', { retryAfter: 90 });
  expect(backoff(1, 500, limited, () => 0)).toBe(90_000);
});
