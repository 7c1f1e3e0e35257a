import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { newSecret } from '../../runtime/envelope.ts';
import { withStores } from '../support/store.ts';
import { draftOf, processOf } from '../coordination/engine.ts';
import { companies, company, crosswalk, ends, keyOf, records, type Two } from './merged.ts';
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

  test('a value that the survivor lacks is taken over, and put back unless somebody has changed it since', async () => {
    const { survivor, other } = two;
    const website = async () => {
      const key = await keyOf(stage, 'CRM', survivor);
      const [row] = await stage.db.query<{ website: string | null }>(
        `select body ->> 'Website' as website from crm_account where key = $1`,
        [key],
      );
      return row?.website;
    };
    const write = async (value: string) => {
      const path = `/services/data/v1/sobjects/Account/${await keyOf(stage, 'CRM', survivor)}`;
      await stage.system('crm', { method: 'PATCH', path, body: { Website: value } });
    };
    await ends(stage, await stage.merge(survivor, other));
    expect(await website()).toBe('https://joining.example');
    await ends(stage, await stage.unmerge(other));
    expect(await website()).toBeNull();

    await ends(stage, await stage.merge(survivor, other));
    await write('https://by-hand.example');
    const parted = await ends(stage, await stage.unmerge(other));
    expect(await website()).toBe('https://by-hand.example');
    const { timeline } = (await stage.workflows(parted.id)) ?? { timeline: [] };
    expect(timeline.map(({ event, message }) => `${event} ${message}`)).toContainEqual(
      expect.stringMatching(/^LEFT CRM keeps website/),
    );
    // Whose value is kept can be chosen, and what the survivor has stays without being asked.
    await ends(stage, await stage.merge(survivor, other));
    expect(await website()).toBe('https://by-hand.example');
    await ends(stage, await stage.unmerge(other));
    await ends(stage, await stage.merge(survivor, other, { chosen: { website: 'OTHER' } }));
    expect(await website()).toBe('https://joining.example');
    await ends(stage, await stage.unmerge(other));
    expect(await website()).toBe('https://by-hand.example');
  });

  test('unmerged after its survivor was merged as well, and after others were: everybody has what was his', async () => {
    const { survivor, other } = two;
    const third = await company(stage, `Third ${randomUUID()}`);
    const before = { crosswalk: await crosswalk(stage), records: await records(stage) };
    for (const [stays, joins] of [
      [survivor, other],
      [third, survivor],
    ] as const)
      expect(await ends(stage, await stage.merge(stays, joins))).toMatchObject({ state: 'SUCCEEDED' });
    const registrations = await stage.identity.crosswalk.registrations([other]);
    expect(registrations.get(other)?.id).toBe(third);
    // In neither the order in which they were merged, nor the other way round.
    expect(await ends(stage, await stage.unmerge(other))).toMatchObject({ state: 'SUCCEEDED' });
    const known = await stage.identity.crosswalk.registrations([survivor, other]);
    expect([known.get(survivor)?.id, known.get(other)?.id]).toEqual([third, other]);
    expect(await ends(stage, await stage.merge(third, other))).toMatchObject({ state: 'SUCCEEDED' });
    expect(await ends(stage, await stage.unmerge(survivor))).toMatchObject({ state: 'SUCCEEDED' });
    expect(await ends(stage, await stage.unmerge(other))).toMatchObject({ state: 'SUCCEEDED' });
    // A value that went on to a customer that was merged itself is told, and left.
    const withoutWebsite = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (name, one: unknown) => (name === 'Website' ? undefined : one)));
    const after = { crosswalk: await crosswalk(stage), records: await records(stage) };
    expect(withoutWebsite(after)).toEqual(withoutWebsite(before));
  });

  test('a merge that a system refuses leaves everything as it was, and nobody held', async () => {
    const { survivor, other } = two;
    const between = await stage.account({ Name: 'Between', ParentId: await keyOf(stage, 'CRM', other) });
    const path = `/services/data/v1/sobjects/Account/${await keyOf(stage, 'CRM', survivor)}`;
    const body = { ParentId: await keyOf(stage, 'CRM', between), Website: null };
    await stage.system('crm', { method: 'PATCH', path, body });
    const before = { crosswalk: await crosswalk(stage), records: await records(stage) };
    const merged = await ends(stage, await stage.merge(survivor, other));
    expect(merged).toMatchObject({ state: 'FAILED', memory: { ending: { code: 'REFUSED' } } });
    expect({ crosswalk: await crosswalk(stage), records: await records(stage) }).toEqual(before);
    expect(await stage.db.query('select from coordination_barrier')).toEqual([]);
    await stage.system('crm', { method: 'PATCH', path, body: { ParentId: null } });
  });

  test('what is asked for while it goes on is refused, what was asked for before is carried out first, and nothing is lost', async () => {
    const { survivor, other } = two;
    const { journal } = processOf(stage.db, []);
    // With the secret at hand it is one statement, which comes before whatever the merge does next.
    const secrets = new Map<string, string>();
    for (const one of [survivor, other]) {
      const kept = 'select coordination_secret($1, $2) as secret';
      const [row] = await stage.db.query<{ secret: string }>(kept, [one, newSecret()]);
      secrets.set(one, row?.secret ?? '');
    }
    const accept = (entityId: string) => {
      const draft = draftOf({ industry: `Industry ${randomUUID()}` }, { entityId });
      return journal.accept(draft, null, false, secrets.get(entityId));
    };
    expect(await accept(other)).toMatchObject({ write: { state: 'PENDING' } });
    const started = await stage.merge(survivor, other);
    const met: unknown[] = [];
    await stage
      .process({
        async at(boundary) {
          if (boundary !== 'settled') return;
          const { stage: at } = await stage.view(started.workflow?.id ?? '');
          if (at === 'ENDED' || at === 'DRAINING') return;
          for (const one of [survivor, other]) met.push(await accept(one));
        },
      })
      .carryOn();
    expect(await stage.view(started.workflow?.id ?? '')).toMatchObject({ state: 'SUCCEEDED' });
    expect(met.length).toBeGreaterThan(3);
    expect(met.filter((one) => !('barred' in (one as object)))).toEqual([]);
    const states = await stage.db.query<{ state: string }>(
      `select state from coordination_write where subject = 'tester' and queue = $1`,
      [other],
    );
    expect(states).toEqual([{ state: 'SUCCEEDED' }]);
    // Nobody writes in the name of one that lives on as another; to the survivor everybody may again.
    expect(await accept(other)).toEqual({ barred: true });
    expect(await accept(survivor)).toMatchObject({ write: { state: 'PENDING' } });
    await stage.process().carryOn();
    await ends(stage, await stage.unmerge(other));
    expect(await accept(other)).toMatchObject({ write: { state: 'PENDING' } });
    await stage.process().carryOn();
  });

  test('another plan than the one that was agreed to has no effect', async () => {
    const { survivor, other } = two;
    const refused = await stage.merge(survivor, other, { planHash: 'of another one' });
    expect(refused.refusals).toMatchObject([{ code: 'PLAN_CHANGED' }]);
  });
});
