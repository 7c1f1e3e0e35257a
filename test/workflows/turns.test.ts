import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import type { Match } from '../../coordination/workflows/onboarding/candidates.ts';
import { noteOfAccounts } from '../../coordination/workflows/onboarding/seen.ts';
import { withStores } from '../support/store.ts';
import { openStage, type Stage } from './stage.ts';

const values = {
  name: 'Twin Limited',
  country: 'HK',
  billingAddress: {
    lines: ['1 Queens Road'],
    city: 'Hong Kong',
    region: null,
    postalCode: null,
    country: 'HK',
  },
};

withStores((open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(await open());
  });

  test('of two that are the same and come at once one is made, and the other ends pointing to it', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const twins = new Map<string, string>([
      [one, other],
      [other, one],
    ]);
    // The register knows those who have been looked for, and nobody before that.
    const matches = (self: string) =>
      stage.db.query<Match>(
        `select id, 'SAME' as verdict, 1::float8 as score, array[]::text[] as reasons
         from identity_customer where id = $1`,
        [twins.get(self)],
      );
    const first = await stage.start(one, values);
    const asleep = Promise.withResolvers<undefined>();
    const wake = Promise.withResolvers<undefined>();
    // Has looked, and found nobody who was there before; meanwhile the other one looks, and goes on.
    let done = 0;
    const slow = stage.process({
      matches,
      at(boundary) {
        if (boundary !== 'done' || ++done !== 2) return undefined;
        asleep.resolve(undefined);
        return wake.promise;
      },
    });
    const slowly = slow.carryOn();
    await asleep.promise;
    const second = await stage.start(other, values);
    await stage.process({ matches }).carryOn();
    expect(await stage.view(second)).toMatchObject({ state: 'SUCCEEDED' });
    wake.resolve(undefined);
    await slowly;
    await stage.process({ matches }).carryOn();
    expect(await stage.view(first)).toMatchObject({
      state: 'FAILED',
      memory: { ending: { code: 'DUPLICATE_CUSTOMER', customer: other } },
    });
    const both = [...(await stage.history(one)), ...(await stage.history(other))];
    expect(both.filter((line) => line === 'billing_customer CREATE')).toHaveLength(1);
  });

  test('an account that is told of again and again is onboarded once, and not at all where nobody wants it', async () => {
    const fresh = { customerId: randomUUID(), known: false };
    const rest = [
      { customerId: randomUUID(), known: true },
      { customerId: randomUUID(), known: false, deleted: true },
      { customerId: null, known: false },
    ];
    const count = async () => {
      const ids = [fresh, ...rest].flatMap(({ customerId }) => customerId ?? []);
      return (await stage.db.query('select 1 from coordination_workflow where entity_id = any($1)', [ids]))
        .length;
    };
    const tell = (auto: boolean, system: 'CRM' | 'ERP') =>
      stage.db.transaction((tx) => noteOfAccounts(stage.db, auto)(tx, system, [fresh, ...rest]));
    await tell(false, 'CRM');
    await tell(true, 'ERP');
    expect(await count()).toBe(0);
    for (let n = 0; n < 3; n++) await tell(true, 'CRM');
    expect(await count()).toBe(1);
  });

  test('an account whose taking in is rolled back is not onboarded', async () => {
    const customerId = randomUUID();
    const broken = stage.db.transaction(async (tx) => {
      await noteOfAccounts(stage.db, true)(tx, 'CRM', [{ customerId, known: false }]);
      throw new Error('the feed was lost');
    });
    await expect(broken).rejects.toThrow('the feed was lost');
    expect(
      await stage.db.query('select 1 from coordination_workflow where entity_id = $1', [customerId]),
    ).toEqual([]);
  });

  test('what nobody made is in the register no more once it is given up', async () => {
    const entityId = randomUUID();
    const id = await stage.start(entityId, values);
    await stage.process().carryOn();
    expect(await stage.view(id)).toMatchObject({ state: 'SUCCEEDED' });
    const lost = randomUUID();
    const given = await stage.start(lost, { ...values, creditLimit: { amount: '1.00', currency: 'HKD' } });
    await stage.process().carryOn();
    expect(await stage.view(given)).toMatchObject({ state: 'PARKED', stage: 'APPROVAL' });
    const known = () => stage.db.query('select 1 from identity_customer where id = $1', [lost]);
    expect(await known()).toHaveLength(1);
    await stage.store.cancel(given, [], { by: 'a person', reason: null }, []);
    await stage.process().carryOn();
    expect(await stage.view(given)).toMatchObject({ state: 'CANCELLED' });
    expect(await known()).toEqual([]);
  });
});
