import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { withStores } from '../support/store.ts';
import { companies, crosswalk, ends, records, type Two } from './merged.ts';
import { openStage, type Stage } from './stage.ts';

withStores((open) => {
  let stage: Stage;
  let two: Two;
  beforeAll(async () => {
    stage = await openStage(await open());
    two = await companies(stage);
  });

  test('two customers become one in the register and in every system, and two again as they were', async () => {
    const { survivor, other } = two;
    const before = { crosswalk: await crosswalk(stage), records: await records(stage) };
    const started = await stage.merge(survivor, other);
    expect(started.refusals).toEqual([]);
    expect(await ends(stage, started)).toMatchObject({ state: 'SUCCEEDED', stage: 'ENDED' });
    const registrations = await stage.identity.crosswalk.registrations([survivor, other]);
    expect(registrations.get(other)).toEqual(registrations.get(survivor));
    const bySystem = Map.groupBy(registrations.get(survivor)?.records ?? [], ({ system }) => system);
    expect([...bySystem].map(([system, own]) => [system, own.length]).sort()).toEqual([
      ['BILLING', 2],
      ['CRM', 1],
      ['ERP', 2],
    ]);
    // What the CRM wrote down itself: the person went to the other account, which is there alone.
    const [contact] = await stage.db.query<{ account: string }>(
      `select body ->> 'AccountId' as account from crm_contact`,
    );
    expect(contact?.account).toBe(bySystem.get('CRM')?.[0]?.key);

    const parted = await stage.unmerge(other);
    expect(parted.refusals).toEqual([]);
    expect(await ends(stage, parted)).toMatchObject({ state: 'SUCCEEDED', stage: 'ENDED' });
    expect({ crosswalk: await crosswalk(stage), records: await records(stage) }).toEqual(before);
    expect((await stage.identity.crosswalk.registrations([other])).get(other)?.id).toBe(other);
  });

  test('what nobody has is refused', async () => {
    const refused = async (started: ReturnType<Stage['merge']>) =>
      (await started).refusals.map(({ code }) => code);
    expect(await refused(stage.merge(two.survivor, two.survivor))).toEqual(['NOT_MERGEABLE']);
    expect(await refused(stage.merge(two.survivor, randomUUID()))).toEqual(['UNKNOWN_CUSTOMER']);
    expect(await refused(stage.unmerge(two.survivor))).toEqual(['NOT_MERGED']);
  });
});
