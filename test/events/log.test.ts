import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Change, ChangeKind } from '../../events/change.ts';
import type { ChangeFilter } from '../../events/log.ts';
import { expireBatch, startRetention } from '../../events/retention.ts';
import { cursorAt } from '../../events/index.ts';
import { withStores } from '../support/store.ts';
import { acme, draft, openStage, other, state } from './stage.ts';

withStores((open) => {
  describe('pages of the log', () => {
    let stage: Awaited<ReturnType<typeof openStage>>;
    let all: readonly Change[];
    beforeAll(async () => {
      stage = await openStage(open);
      for (let n = 1; n <= 20; n++) {
        await stage.capture(
          state('a-1', n),
          draft({
            system: 'ERP',
            key: 'K-1',
            entityId: other,
            version: `${n}`,
            fingerprints: { terms: `t${n}`, limit: 'l' },
          }),
          ...(n % 5
            ? []
            : [
                draft({
                  system: 'BILLING',
                  key: 'b-1',
                  version: `${n}`,
                  fingerprints: n % 2 ? { email: 'e' } : null,
                }),
              ]),
        );
      }
      await stage.sequence();
      all = await stage.told();
    });

    const filters: readonly [string, ChangeFilter, (change: Change) => boolean][] = [
      ['everything', {}, () => true],
      ['an entity', { entityIds: [other] }, ({ entityId }) => entityId === other],
      ['nobody', { entityIds: [] }, () => false],
      ['a system', { systems: ['BILLING', 'CRM'] }, ({ system }) => system !== 'ERP'],
      ['a kind', { kinds: ['CREATED', 'DELETED'] as ChangeKind[] }, ({ kind }) => kind !== 'UPDATED'],
      [
        'an attribute',
        { attributes: ['limit', 'email'] },
        ({ attributes }) => attributes.some((a) => a === 'limit' || a === 'email'),
      ],
      ['a tag', { tags: { segment: ['s1', 's9'] } }, ({ tags }) => tags.segment === 's1'],
      ['another tag', { tags: { segment: ['s2'] } }, () => false],
      ['an entity of another name', { entity: 'Order' }, () => false],
      [
        'all at once',
        {
          entity: 'Customer',
          entityIds: [acme],
          systems: ['CRM'],
          attributes: ['segment'],
          kinds: ['CREATED'] as ChangeKind[],
        },
        ({ position }) => position === '1',
      ],
    ];
    test.each(filters)(
      '%s: every change that matches, once and in order, whatever the size of a page',
      async (_, filter, matches) => {
        const wanted = all.filter(matches);
        for (const size of [1, 3, 1000]) {
          const found: Change[] = [];
          let at = { until: '0', more: true };
          for (let pages = 0; at.more && pages < 100; pages++) {
            const page = await stage.log.page(at.until, filter, size);
            expect(page.changes.length).toBeLessThanOrEqual(size);
            expect(BigInt(page.until)).toBeGreaterThan(BigInt(at.until));
            found.push(...page.changes);
            at = page;
          }
          expect(found).toEqual(wanted);
          expect(at.until).toBe(all.at(-1)?.position);
        }
      },
    );

    test('after the last there is nothing yet', async () => {
      const last = all.at(-1)?.position ?? '';
      expect(await stage.log.after(last, 10)).toEqual([]);
      expect(await stage.log.page(last, {}, 10)).toEqual({ changes: [], until: last, more: false });
    });
  });

  describe('retention', () => {
    let stage: Awaited<ReturnType<typeof openStage>>;
    beforeAll(async () => {
      stage = await openStage(open);
    });
    const aged = async (days: number) => {
      await stage.clear();
      await stage.capture(...Array.from({ length: 8 }, (_, n) => state('a-1', n + 1)));
      await stage.sequence();
      await stage.db.query(`update events_log set at = at - make_interval(days => $1) where position <= 5`, [
        days,
      ]);
      return stage;
    };

    test('by age: what is older goes, and what is asked for from before is refused with the way out', async () => {
      const { db, log } = await aged(31);
      expect(await expireBatch(db, { days: 30, most: 100 })).toBe(5);
      expect(await expireBatch(db, { days: 30, most: 100 })).toBe(0);
      const head = await log.head();
      expect(head).toMatchObject({ floor: '5', position: '8' });
      expect((await log.after('5', 10)).map(({ position }) => position)).toEqual(['6', '7', '8']);
      const failure = { code: 'CURSOR_EXPIRED', extensions: { oldest: cursorAt(head, '5') } };
      await expect(log.after('4', 10)).rejects.toMatchObject(failure);
      await expect(log.page('0', { entityIds: [other] }, 10)).rejects.toMatchObject(failure);
    });

    test('by size: the newest are kept', async () => {
      const { db, log } = await aged(0);
      expect(await expireBatch(db, { days: 30, most: 2 })).toBe(6);
      expect((await log.after('6', 10)).map(({ position }) => position)).toEqual(['7', '8']);
    });

    test('all of it may go; the next change has the next position', async () => {
      await aged(0);
      expect(await expireBatch(stage.db, { days: 30, most: 0 })).toBe(8);
      await stage.capture(state('a-1', 9));
      await stage.sequence();
      expect(await stage.log.after('8', 10)).toMatchObject([{ position: '9', previousVersion: '8' }]);
    });

    test('is kept to by itself', async () => {
      const { db, log } = await aged(0);
      const keeper = startRetention({
        ...{ db, interval: 5, retention: { days: 30, most: 3 } },
        failed: (error) => {
          throw error;
        },
      });
      while ((await log.head()).floor !== '5');
      await keeper.stop();
      expect(await log.after('5', 10)).toHaveLength(3);
    });
  });
});
