import { describe, expect, test } from '@jest/globals';
import type { Bench } from './connector-bench.ts';

/** What a connector promises of erasing, and of merging where it says that its system merges; by the system's own tables. */
export function erases<R extends object, Rows extends object>(bench: () => Bench<R, Rows>): void {
  let words = 0;
  /** A record in which a word is, in what it was made as and in what was changed. */
  async function telling() {
    const { connector, subject, call, next } = bench();
    const [first, then] = [`erasable${++words}made`, `erasable${words}changed`];
    const wireKey = (what: string) => `${what} ${words}`;
    const n = next();
    const draft = { ...subject.draft(n), ...subject.naming(first) };
    const { key } = await connector.create(draft, { wireKey: wireKey('made') }, call);
    await connector.update(key, subject.naming(then), { wireKey: wireKey('changed') }, call);
    return { n, key, words: [first, then] };
  }

  /** In which tables of the system a word is. */
  async function placesOf(wanted: readonly string[]): Promise<readonly string[]> {
    const { db } = bench();
    const tables = await db.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
       where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by name`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const [row] = await db.query<{ all: string | null }>(
        `select string_agg(one::text, ' ') as all from ${name} one`,
      );
      if (wanted.some((word) => (row?.all ?? '').toLowerCase().includes(word))) found.push(name);
    }
    return found;
  }

  describe('erasing', () => {
    test.each(['as it is', 'that was taken away'])(
      'of a record %s nothing is left: in it, in its history, in answers that are kept; again it is as before',
      async (how) => {
        const { connector, subject, call, effects, mark } = bench();
        const { n, key, words } = await telling();
        if (how === 'that was taken away') await connector.withdraw(key, { wireKey: `away ${n}` }, call);
        expect(await placesOf(words)).toEqual(expect.arrayContaining([subject.table, 'sandbox_history']));
        await connector.erase(key, { wireKey: `erase ${n}` }, call);
        expect(await placesOf(words)).toEqual([]);
        expect([...(await connector.read([key], [], call)).keys()]).toEqual([]);
        expect(await connector.find(subject.externalId(n), call)).toBeNull();
        await mark();
        await connector.erase(key, { wireKey: `erase ${n}` }, call);
        await connector.erase(key, { wireKey: `erase ${n} anew` }, call);
        await connector.erase(key, {}, call);
        expect(await effects()).toEqual([]);
        expect(await placesOf(words)).toEqual([]);
      },
    );

    test('one whose answer is lost is erased, and another try ends well', async () => {
      const { connector, call, faults } = bench();
      const { n, key, words } = await telling();
      faults({ kind: 'lostAnswer', times: 1 });
      await expect(connector.erase(key, { wireKey: `erase ${n}` }, call)).rejects.toMatchObject({
        code: 'SYSTEM_UNAVAILABLE',
      });
      await connector.erase(key, { wireKey: `erase ${n}` }, call);
      expect(await placesOf(words)).toEqual([]);
    });

    test('a record that never was cannot be erased, and no other is', async () => {
      const { connector, subject, call, effects, mark, next } = bench();
      const { key } = await telling();
      await mark();
      const erasing = connector.erase(subject.unknownKey(next()), {}, call);
      await expect(erasing).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await effects()).toEqual([]);
      expect([...(await connector.read([key], [], call)).keys()]).toEqual([key]);
    });
  });

  describe('merging', () => {
    test('who says that it merges does, and takes it back; a merged record is erased as any other', async () => {
      const { connector, call } = bench();
      const able = connector.capabilities.merge;
      expect([typeof connector.merge, typeof connector.unmerge]).toEqual(
        able ? ['function', 'function'] : ['undefined', 'undefined'],
      );
      if (!able) return;
      const apart = (more: object) => connector.unmerge?.(from.key, more, call);
      const [into, from] = [await telling(), await telling()];
      const shown = async () => [...(await connector.read([into.key, from.key], [], call)).keys()];
      const merged = await connector.merge?.(into.key, from.key, { wireKey: `merge ${from.n}` }, call);
      expect(merged?.key).toBe(into.key);
      expect(await shown()).toEqual([into.key]);
      expect((await apart({ wireKey: `unmerge ${from.n}` }))?.key).toBe(from.key);
      expect((await shown()).sort()).toEqual([into.key, from.key].sort());
      await expect(apart({})).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await connector.merge?.(into.key, from.key, { wireKey: `merge ${from.n} again` }, call);
      await connector.erase(from.key, { wireKey: `erase ${from.n}` }, call);
      expect(await placesOf(from.words)).toEqual([]);
      expect(await shown()).toEqual([into.key]);
      await expect(apart({})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
}
