import { describe, expect, test } from '@jest/globals';
import type { FeedPage } from '../../subgraphs/connector.ts';
import type { Bench } from './connector-bench.ts';

/** What a connector promises of records that are made, and taken away again. Effects are counted in the system's own log. */
export function records<R extends object, Rows extends object>(bench: () => Bench<R, Rows>): void {
  describe('making and taking away', () => {
    test('a dry run of a new record tells all that it would be refused for, without an effect', async () => {
      const { connector, subject, effects, mark, next, call } = bench();
      if (!connector.validateNew) return;
      await mark();
      expect(await connector.validateNew(subject.draft(next()), call)).toEqual([]);
      const told = await connector.validateNew({ ...subject.draft(next()), ...subject.refused }, call);
      const fields = new Set(told.map(({ field }) => field?.split('/')[0]));
      // What is wrong on its own may be right beside the rest.
      expect(fields.size).toBeGreaterThan(1);
      expect(Object.keys(subject.refused)).toEqual(expect.arrayContaining([...fields]));
      const bare = { [subject.external]: subject.draft(next())[subject.external] } as Partial<R>;
      const empty = await connector.validateNew(bare, call);
      const missing = [...new Set(empty.map(({ field }) => field?.split('/')[0]))];
      expect(missing.sort()).toEqual([...subject.mandatory].sort());
      expect(await effects()).toEqual([]);
    });

    test('what is mandatory is demanded of a new record', async () => {
      const { connector, subject, effects, mark, next, call } = bench();
      await mark();
      for (const field of subject.mandatory) {
        const draft = Object.entries(subject.draft(next())).filter(([name]) => name !== field);
        const making = connector.create(Object.fromEntries(draft) as Partial<R>, {}, call);
        await expect(making).rejects.toMatchObject({ code: 'INVALID_VALUE' });
      }
      expect(await effects()).toEqual([]);
    });

    test('a record that was taken away is neither read nor found, told as deleted, and free to be made anew', async () => {
      const { connector, subject, effects, mark, next, call } = bench();
      const n = next();
      const made = await connector.create(subject.draft(n), {}, call);
      const other = await connector.create(subject.draft(next()), {}, call);
      const place = await connector.now(call);
      await mark();
      await connector.withdraw(made.key, { ifVersion: made.version, wireKey: `away ${n}` }, call);
      const gone = connector.capabilities.withdrawal === 'delete' ? 'DELETE' : 'UPDATE';
      expect(await effects()).toEqual([`${gone} ${made.key}`]);
      const keys = [made.key, other.key];
      expect([...(await connector.read(keys, [], call)).keys()]).toEqual([other.key]);
      expect(await connector.find(subject.externalId(n), call)).toBeNull();
      const told: FeedPage<R>['changed'][number][] = [];
      for (let since = place, more = true; more;) {
        const page = await connector.changes(since, call);
        told.push(...page.changed);
        [since, more] = [page.next, page.more];
      }
      expect(told.findLast(({ key }) => key === made.key)).toEqual({ key: made.key, deleted: true });
      const again = await connector.create(subject.draft(n), { wireKey: `again ${n}` }, call);
      expect(again.key).not.toBe(made.key);
      expect((await connector.find(subject.externalId(n), call))?.key).toBe(again.key);
    });

    test('what changed since is not taken away, where writes can be bound to a version', async () => {
      const { connector, subject, create, effects, mark, next, call } = bench();
      if (connector.capabilities.conditionalWrite !== 'atomic') return;
      const { key, version } = await create();
      await connector.update(key, subject.change(next()), {}, call);
      await mark();
      const withdrawing = connector.withdraw(key, { ifVersion: version }, call);
      await expect(withdrawing).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await effects()).toEqual([]);
    });

    test('a record that is not there cannot be taken away', async () => {
      const { connector, subject, next, call } = bench();
      const withdrawing = connector.withdraw(subject.unknownKey(next()), {}, call);
      await expect(withdrawing).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
}
