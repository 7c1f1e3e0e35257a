import { describe, expect, test } from '@jest/globals';
import type { FeedPage } from '../../subgraphs/connector.ts';
import { openTable } from '../../subgraphs/sandbox/table.ts';
import type { Bench } from './connector-bench.ts';

/** What a connector promises of its feed of changes. */
export function feeds<R extends object, Rows extends object>(bench: () => Bench<R, Rows>): void {
  /** Reads to the end; gives the last that came of each record (null where it was deleted), and where to go on. */
  async function drain(since: string | null) {
    const { connector, call } = bench();
    const seen = new Map<string, FeedPage<R>['changed'][number]>();
    for (let place = since; ;) {
      const { changed, next, more } = await connector.changes(place, call);
      for (const one of changed) seen.set(one.key, one);
      place = next;
      if (!more) return { seen, next: place };
    }
  }

  describe('following', () => {
    test('from the beginning it gives every record, whole and as it is', async () => {
      const { connector, subject, create, next, call } = bench();
      const made = [await create(), await create(), await create()];
      const [first] = made;
      const changed = await connector.update(first?.key ?? '', subject.change(next()), {}, call);
      const { seen } = await drain(null);
      expect(seen.get(changed.key)).toEqual(changed);
      for (const one of made.slice(1)) expect(seen.get(one.key)).toEqual(one);
    });

    test('it misses nothing that changes right after a look, within one stamp', async () => {
      const { connector, subject, create, next, call } = bench();
      const made = [await create(), await create()];
      let place = (await drain(null)).next;
      for (let round = 0; round < 10; round++) {
        for (const { key } of made) {
          const changed = await connector.update(key, subject.change(next()), {}, call);
          const found = await drain(place);
          expect(found.seen.get(key)).toEqual(changed);
          place = found.next;
        }
      }
    });

    test('it misses nothing of parallel writers while it is read', async () => {
      const { connector, subject, create, next, call } = bench();
      const made = await Promise.all(Array.from({ length: 8 }, create));
      let place = (await drain(null)).next;
      const seen = new Map<string, unknown>();
      const writing = Promise.all(
        made.map(async ({ key }) => {
          let last = await connector.update(key, subject.change(next()), {}, call);
          for (let i = 0; i < 9; i++) last = await connector.update(key, subject.change(next()), {}, call);
          return last;
        }),
      );
      const state = { running: true };
      void writing.finally(() => (state.running = false));
      while (state.running) {
        const found = await drain(place);
        for (const [key, one] of found.seen) seen.set(key, one);
        place = found.next;
      }
      const last = await writing;
      for (const [key, one] of (await drain(place)).seen) seen.set(key, one);
      for (const one of last) expect(seen.get(one.key)).toEqual(one);
    });

    test('it does not pass by a write that commits after a later one', async () => {
      const { db, connector, subject, create, next, call } = bench();
      // On one connection nothing commits while another transaction is open.
      if (db.kind === 'pglite') return;
      const [early, late] = [await create(), await create()];
      const start = (await drain(null)).next;
      const written = Promise.withResolvers<undefined>();
      const looked = Promise.withResolvers<undefined>();
      const slow = db.transaction(async (tx) => {
        await openTable<Partial<R>>(tx, subject.table).update(early.key, subject.change(next()));
        written.resolve(undefined);
        await looked.promise;
      });
      await written.promise;
      const changed = await connector.update(late.key, subject.change(next()), {}, call);
      // A feed may wait for the open transaction, or answer without what it may not pass.
      const looking = drain(start);
      await Promise.race([looking, new Promise((resolve) => setTimeout(resolve, 300))]);
      looked.resolve(undefined);
      await slow;
      const first = await looking;
      const seen = new Map([...first.seen, ...(await drain(first.next)).seen]);
      expect(seen.get(late.key)).toEqual(changed);
      const { version } = (await connector.read([early.key], [], call)).get(early.key) ?? {};
      expect(version).not.toBe(early.version);
      expect(seen.get(early.key)).toMatchObject({ version });
    });

    test('a look at the end gives nothing new, and a place to go on from', async () => {
      const { connector, call } = bench();
      const { next } = await drain(null);
      const again = await connector.changes(next, call);
      expect(again.more).toBe(false);
      const { create } = bench();
      const made = await create();
      expect((await drain(again.next)).seen.get(made.key)).toEqual(made);
    });

    test('nothing that changes after now is missed from there on', async () => {
      const { connector, subject, create, next, call } = bench();
      await create();
      const [made, now] = [await create(), await connector.now(call)];
      const changed = await connector.update(made.key, subject.change(next()), {}, call);
      expect((await drain(now)).seen.get(made.key)).toEqual(changed);
    });

    test('deletions are seen where the connector says so', async () => {
      const { connector, sandbox, subject, create, call } = bench();
      const { key } = await create();
      const { next } = await drain(null);
      const { status } = await sandbox.wire(subject.removal(key), call);
      const { deletesVisible } = connector.capabilities.feed;
      const found = (await drain(next)).seen.get(key);
      if (deletesVisible) {
        expect(status).toBeLessThan(300);
        expect(found).toEqual({ key, deleted: true });
        expect((await connector.read([key], [], call)).size).toBe(0);
      } else expect(found).not.toHaveProperty('deleted');
    });
  });
}
