import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isOfWrite, type Boundary } from '../../coordination/workflows/drive.ts';
import { withStores } from '../support/store.ts';
import { ended, openStage, type Given, type Stage } from './stage.ts';

const values = {
  name: 'Somebody New',
  country: 'US',
  billingAddress: {
    ...{ lines: ['1 Main Street'], city: 'Portland', region: 'OR', postalCode: '97209', country: 'US' },
  },
  taxRegistrations: [{ country: 'US', kind: 'EIN', number: '911144442', validFrom: null, validTo: null }],
};

const throughAll = [
  'crm_account CREATE',
  'erp_business_partner CREATE',
  'billing_customer CREATE',
  'crm_account UPDATE',
];

interface Course {
  readonly given: (stage: Stage) => Given;
  /** How it ends, and what the systems have written down then; the first where nothing ends in between. */
  readonly ends: readonly (readonly [state: string, history: readonly string[]])[];
}

const courses: Readonly<Record<string, Course>> = {
  'nothing goes wrong': { given: () => ({}), ends: [['SUCCEEDED', throughAll]] },
  'a person ends it while the ERP makes its customer': {
    given: (stage) => ({
      async happened({ id }, event) {
        if (!isOfWrite(event) || event.place.stage !== 'ERP_CUSTOMER') return;
        if (event.write?.state === 'PENDING')
          await stage.store.cancel(id, ['BILLING_ACCOUNT'], { by: 'a person', reason: null }, []);
      },
    }),
    ends: [
      [
        'CANCELLED',
        [
          'crm_account CREATE',
          'erp_business_partner CREATE',
          // The ERP puts away what it does not delete.
          'erp_business_partner UPDATE',
          'crm_account DELETE',
        ],
      ],
      // Its write had not begun.
      ['CANCELLED', ['crm_account CREATE', 'crm_account DELETE']],
      // The write was over before anybody saw that it was not.
      ['SUCCEEDED', throughAll],
    ],
  },
};

withStores((open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(await open());
  });

  async function begun(): Promise<{ readonly id: string; readonly entityId: string }> {
    const entityId = randomUUID();
    return { entityId, id: await stage.start(entityId, values) };
  }

  async function ending({ id, entityId }: Awaited<ReturnType<typeof begun>>) {
    const { state, stage: at } = await stage.view(id);
    expect(at).toBe('ENDED');
    const writes = await stage.db.query<{ key: string }>(
      `select idempotency_key as key from coordination_write where idempotency_key like $1 || ':%'`,
      [id],
    );
    // Each place has one write, however often it was ordered.
    expect(new Set(writes.map(({ key }) => key.split(':').slice(1).join())).size).toBe(writes.length);
    if (state === 'SUCCEEDED') expect(writes).toHaveLength(4);
    return [state, await stage.history(entityId)] as const;
  }

  describe.each(Object.entries(courses))('when %s', (_, { given, ends }) => {
    test('a process that ends at any boundary loses, repeats and leaves nothing', async () => {
      const seen: Boundary[] = [];
      const first = await begun();
      await stage.process({ ...given(stage), at: (boundary) => void seen.push(boundary) }).carryOn();
      expect(await ending(first)).toEqual(ends[0]);
      expect(new Set(seen)).toEqual(new Set(['claimed', 'done', 'settled']));
      for (const [n] of seen.entries()) {
        // The statements are the same ones: a server is asked at every third place.
        if (stage.db.kind === 'postgres' && n % 3 !== 0) continue;
        const one = await begun();
        let left = n;
        const dying = stage.process({
          ...given(stage),
          at() {
            if (left-- === 0) throw ended;
          },
        });
        await dying.carryOn().catch((error: unknown) => {
          if (error !== ended) throw error;
        });
        await stage.leasesEnd();
        await stage.process(given(stage)).carryOn();
        expect(ends).toContainEqual(await ending(one));
      }
    });
  });

  test('a process that wakes up after another has taken over changes nothing', async () => {
    const first = await begun();
    const seen: Boundary[] = [];
    await stage.process({ at: (boundary) => void seen.push(boundary) }).carryOn();
    await ending(first);
    for (const n of [0, 1, 2, 7, 8, 9, seen.length - 2]) {
      const one = await begun();
      const asleep = Promise.withResolvers<undefined>();
      const wake = Promise.withResolvers<undefined>();
      let left = n;
      const zombie = stage.process({
        at() {
          if (left-- !== 0) return undefined;
          asleep.resolve(undefined);
          return wake.promise;
        },
      });
      const done = zombie.carryOn();
      await Promise.race([asleep.promise, done]);
      await stage.leasesEnd();
      await stage.process().carryOn();
      const before = await stage.view(one.id);
      wake.resolve(undefined);
      await done;
      expect(await stage.view(one.id)).toEqual(before);
      expect(await ending(one)).toEqual(['SUCCEEDED', throughAll]);
    }
  });
});
