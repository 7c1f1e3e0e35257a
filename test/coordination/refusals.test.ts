import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Update } from '../../coordination/coordination.ts';
import type { RequestContext } from '../../runtime/context.ts';
import { merge } from '../identity/support.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  let id: string;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  async function set(...given: Parameters<typeof make>): Promise<void> {
    stage = make(...given);
    one = await stage.start();
    [id = ''] = await stage.customers(1);
  }

  const calls = () => [stage.crm, stage.erp, stage.billing].map((owner) => owner.calls.apply);
  const stored = () =>
    stage.db.query(
      'select queue, last_number, waiting, null from coordination_queue union all select id::text, epoch, null, state from coordination_write order by 1',
    );

  /** Refusals by attribute, after it was seen that nothing else has come of it; the plan refuses the same. */
  async function refused(update: Update, context: RequestContext = caller()) {
    const before = [await stored(), calls(), [...stage.log]];
    const told = await one.update(update, context);
    const planned = await one.plan(update, context);
    expect([await stored(), calls(), stage.log]).toEqual(before);
    expect(told.write).toBeNull();
    expect(told.refusals.every(({ message }) => message.length > 10)).toBe(true);
    const codes = (refusals: typeof told.refusals) =>
      refusals.map(({ code, attribute, owner }) =>
        [code, attribute, owner].filter((part) => part !== undefined),
      );
    return { codes: codes(told.refusals), planned: codes(planned.refusals), told };
  }

  test('everything that is wrong with a request is told at once, attribute by attribute', async () => {
    await set();
    stage.erp.touch(id, { creditStatus: 'APPROVED' });
    const update = asked(
      id,
      {
        balance: { amount: '1', currency: 'EUR' },
        toString: 'x',
        industry: 'a'.repeat(1 << 20),
        employees: -1,
        segment: 'MID_MARKET',
        creditStatus: 'BLOCKED',
        provisioningId: 'p',
        billingAddress: {
          lines: ['1 High Street'],
          city: null,
          region: null,
          postalCode: null,
          country: null,
        },
      },
      { deadline: '2020-01-01T00:00:00Z', expect: [{ system: 'ERP', version: '1' }] },
    );
    const scopes = ['customer:write:sales', 'customer:write:finance', 'customer:write:logistics'];
    const { codes, planned } = await refused(update, by('caller', scopes));
    const both = [
      ['INVALID_VALUE', 'balance'],
      ['INVALID_VALUE', 'toString'],
      ['NOT_PERMITTED', 'provisioningId', 'BILLING'],
      ['TOO_LARGE', 'industry', 'CRM'],
      ['INVALID_VALUE', 'employees', 'CRM'],
      ['VERSION_CONFLICT', 'creditStatus', 'ERP'],
      ['VERSION_CONFLICT', 'billingAddress', 'ERP'],
    ];
    expect(planned.toSorted()).toEqual(both.toSorted());
    expect(codes.toSorted()).toEqual([['DEADLINE_PASSED'], ...both].toSorted());
  });

  test('a value of one megabyte is refused without its text in the answer', async () => {
    await set();
    const { codes, told } = await refused(asked(id, { industry: 'secret '.repeat(150_000) }));
    expect(codes).toEqual([['TOO_LARGE', 'industry', 'CRM']]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test.each(['00000000-0000-4000-8000-000000000000', 'no id', '', `'; drop table x; --`, '\0'])(
    'an unknown customer is refused: %j',
    async (unknown) => {
      await set();
      expect((await refused(asked(unknown, { industry: 'new' }))).codes).toEqual([['UNKNOWN_CUSTOMER']]);
    },
  );

  test('an empty change is refused', async () => {
    await set();
    expect((await refused(asked(id, {}))).codes).toEqual([['NO_CHANGES']]);
  });

  test('a request without a key is refused', async () => {
    await set();
    const { codes } = await refused(asked(id, { industry: 'new' }, { idempotencyKey: null }));
    expect(codes).toEqual([['IDEMPOTENCY_KEY_REQUIRED']]);
  });

  test('a deadline in the past is refused', async () => {
    await set();
    const deadline = new Date(Date.now() - 1).toISOString();
    expect((await refused(asked(id, { industry: 'new' }, { deadline }))).codes).toEqual([
      ['DEADLINE_PASSED'],
    ]);
  });

  test('an owner without the record, and one that would refuse the value, are told with their attributes', async () => {
    await set();
    const able = { guarantee: 'EFFECTIVELY_ONCE', conditional: true, keyed: false } as const;
    stage.erp.faults.reading = () => ({ ...able, found: null });
    const refusals = [
      { code: 'INVALID_VALUE', attribute: 'industry', message: 'There is no such industry.' },
    ];
    const found = {
      version: '7',
      values: { industry: 'old' },
      restore: {},
      same: [],
      restored: false,
      refusals,
    };
    stage.crm.faults.reading = () => ({ ...able, found });
    const { codes, told } = await refused(asked(id, { industry: 'new', creditStatus: 'BLOCKED' }));
    expect(codes).toEqual([
      ['INVALID_VALUE', 'industry', 'CRM'],
      ['UNKNOWN_TO_OWNER', 'creditStatus', 'ERP'],
    ]);
    expect(told.refusals[0]).toMatchObject({ current: 'old', message: 'There is no such industry.' });
  });

  test('two owners that cannot undo are refused together, and taken each for itself', async () => {
    await set({ crm: 'keyed' });
    const changes = { industry: 'new', provisioningId: 'new' };
    expect((await refused(asked(id, changes))).codes).toEqual([['CANNOT_BE_UNDONE']]);
    const write = await accepted(one.update(asked(id, changes, { mode: 'EACH' }), caller()));
    expect(write.state).toBe('SUCCEEDED');
    // One of them has nothing to do now.
    await accepted(one.update(asked(id, { ...changes, industry: 'newer' }), caller()));
  });

  test('a plan that would be another one by now is refused; the one that was seen is carried out', async () => {
    await set();
    const change = asked(id, { industry: 'new' });
    const { planHash } = await one.plan(change, caller());
    expect(planHash).not.toBeNull();
    stage.crm.touch(id, { segment: 'RESELLER' });
    expect((await refused({ ...change, planHash })).codes).toEqual([['PLAN_CHANGED']]);
    const again = await one.plan(change, caller());
    await accepted(one.update({ ...change, planHash: again.planHash }, caller()));
    expect(stage.crm.record(id).industry).toBe('new');
  });

  test('a change that is there already is UNCHANGED, and its owner is not called', async () => {
    await set();
    stage.crm.touch(id, { industry: 'same' });
    const write = await accepted(one.update(asked(id, { industry: 'same' }), caller()));
    expect(write).toMatchObject({ state: 'SUCCEEDED', steps: [{ state: 'UNCHANGED', versionAfter: '2' }] });
    expect([calls(), stage.log]).toEqual([[0, 0, 0], []]);
  });

  test('of several attributes only those are written that are not there already', async () => {
    await set();
    stage.crm.touch(id, { industry: 'same' });
    const changes = { industry: 'same', segment: 'RESELLER', language: null };
    await accepted(one.update(asked(id, changes), caller()));
    expect(stage.log.map(({ values }) => values)).toEqual([{ segment: 'RESELLER' }]);
  });

  test('a merged customer is followed, and it is said', async () => {
    await set();
    const [merged = ''] = await stage.customers(1);
    await merge(stage.db, merged, id);
    const told = await one.update(asked(merged.toUpperCase(), { industry: 'new' }), caller());
    expect(told).toMatchObject({
      entityId: id,
      followedMerge: true,
      write: { entityId: id, state: 'SUCCEEDED' },
    });
    expect(await one.plan(asked(merged, { industry: 'new' }), caller())).toMatchObject({
      ...{ entityId: id, followedMerge: true },
    });
    expect(stage.log.map(({ entityId }) => entityId)).toEqual([id]);
    expect((await one.update(asked(id.toUpperCase(), { industry: 'newer' }), caller())).followedMerge).toBe(
      false,
    );
  });
});
