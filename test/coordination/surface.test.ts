import { describe, expect, test } from '@jest/globals';
import type { Planned, Updated } from '../../coordination/coordination.ts';
import { id, principal, request, served, write } from './served.ts';
import { stepLike } from './views.ts';

const accepted: Updated = { write, refusals: [], entityId: id, followedMerge: false, replayed: false };
const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  write { id state } refusals { code attribute current expected } customer { id } followedMerge replayed } }`;

describe('an update', () => {
  test('reaches coordination whole: defaults in place, absent attributes absent, absent members null', async () => {
    const { ask, calls } = served({ update: () => Promise.resolve(accepted) });
    const changes = { phone: null, billingAddress: { lines: ['Bern'] } };
    const { data } = await ask(update, { input: { customerId: id, idempotencyKey: 'k', changes } });
    const billingAddress = { lines: ['Bern'], city: null, region: null, postalCode: null, country: null };
    const nothing = { reason: null, planHash: null, deadline: null };
    expect(calls).toEqual([
      [
        'update',
        {
          ...nothing,
          entity: 'Customer',
          entityId: id,
          changes: { phone: null, billingAddress },
          mode: 'ALL',
          expect: [],
          idempotencyKey: 'k',
          wait: 'CONFIRMED',
          lane: 'INTERACTIVE',
        },
      ],
    ]);
    expect(data?.updateCustomer).toEqual({
      write: { id: write.id, state: 'SUCCEEDED' },
      refusals: [],
      customer: { id },
      followedMerge: false,
      replayed: false,
    });
  });

  test.each([
    ['the header alone', 'h', null, 'h'],
    ['the field alone', null, 'f', 'f'],
    ['both alike', 'k', 'k', 'k'],
    ['neither', null, null, null],
  ])('has one idempotency key: %s', async (_, header, field, key) => {
    const { ask, calls } = served({ update: () => Promise.resolve(accepted) });
    const input = { customerId: id, idempotencyKey: field, changes: { name: 'A' } };
    await ask(update, { input }, request({ idempotencyKey: header }));
    expect(calls).toMatchObject([['update', { idempotencyKey: key }]]);
  });

  test('whose header and field differ is refused, and nobody is asked', async () => {
    const { ask, calls } = served({});
    const input = { customerId: id, idempotencyKey: 'f', changes: { name: 'A' } };
    const { data } = await ask(update, { input }, request({ idempotencyKey: 'h' }));
    expect(data?.updateCustomer).toMatchObject({
      write: null,
      customer: null,
      refusals: [{ code: 'IDEMPOTENCY_KEY_DIFFERS', attribute: null }],
    });
    expect(calls).toEqual([]);
  });

  test('shows the present value of a refused attribute only to who may read it', async () => {
    const stale = {
      code: 'VERSION_CONFLICT',
      message: 'Stale.',
      current: 'secret',
      expected: 'mine',
    } as const;
    const refusals = [{ ...stale, attribute: 'creditStatus' }];
    const { ask } = served({ update: () => Promise.resolve({ ...accepted, write: null, refusals }) });
    const input = { customerId: id, changes: { creditStatus: 'APPROVED' } };
    const currentFor = async (...scopes: string[]) => {
      const { data } = await ask(update, { input }, request({ principal: principal(...scopes) }));
      return data;
    };
    const shown = (current: unknown) => ({ updateCustomer: { refusals: [{ current, expected: 'mine' }] } });
    expect(await currentFor('customer:write:finance')).toMatchObject(shown(null));
    expect(await currentFor('customer:read:finance')).toMatchObject(shown('secret'));
  });
});

test('a plan is told attribute by attribute: owner, order, precondition, copies, approvals, who refuses', async () => {
  const read = { version: 'v1', restore: {} };
  const planned: Planned = {
    steps: [
      stepLike({ before: { ...read, values: { name: 'Old' }, same: [] } }),
      stepLike({
        ordinal: 1,
        system: 'ERP',
        changes: { creditLimit: { amount: '1', currency: 'EUR' }, creditStatus: 'APPROVED' },
        before: { ...read, values: { creditStatus: 'APPROVED' }, same: ['creditStatus'] },
        expect: 'v1',
      }),
      stepLike({
        ...{ ordinal: 2, system: 'BILLING', changes: { dunningState: 'NONE' } },
        ...{ before: null, guarantee: null, undoable: false },
      }),
    ],
    refusals: [{ code: 'INVALID_VALUE', attribute: 'creditLimit', owner: 'ERP', message: 'Too little.' }],
    approve: ['customer:approve:finance'],
    ...{ planHash: null, entityId: id, followedMerge: true },
  };
  const { ask } = served({ plan: () => Promise.resolve(planned) });
  const { data } = await ask(
    `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) { planHash customer { id } followedMerge
      approvals refusals { code } changes { attribute owner copiedTo step examined precondition guarantee undoable
      approvals current wanted unchanged refusals { code owner } } } }`,
    { input: { customerId: id, changes: { name: 'New' } } },
  );
  const erp = { owner: 'ERP', copiedTo: [], step: 2, examined: true, precondition: 'v1', undoable: true };
  expect(data?.planCustomerUpdate).toEqual({
    ...{ planHash: null, customer: { id }, followedMerge: true, approvals: ['customer:approve:finance'] },
    refusals: [{ code: 'INVALID_VALUE' }],
    changes: [
      {
        ...{ attribute: 'name', owner: 'CRM', copiedTo: ['ERP', 'BILLING'], step: 1, examined: true },
        ...{ precondition: 'v1', guarantee: 'EFFECTIVELY_ONCE', undoable: true, approvals: [] },
        ...{ current: 'Old', wanted: 'New', unchanged: false, refusals: [] },
      },
      {
        ...{ attribute: 'creditLimit', ...erp, guarantee: 'EFFECTIVELY_ONCE' },
        approvals: ['customer:approve:finance'],
        ...{ current: null, wanted: { amount: '1', currency: 'EUR' }, unchanged: false },
        refusals: [{ code: 'INVALID_VALUE', owner: 'ERP' }],
      },
      {
        ...{ attribute: 'creditStatus', ...erp, guarantee: 'EFFECTIVELY_ONCE', approvals: [] },
        ...{ current: 'APPROVED', wanted: 'APPROVED', unchanged: true, refusals: [] },
      },
      {
        ...{ attribute: 'dunningState', owner: 'BILLING', copiedTo: [], step: 3, examined: false },
        ...{ precondition: null, guarantee: null, undoable: false, approvals: [] },
        ...{ current: null, wanted: 'NONE', unchanged: false, refusals: [] },
      },
    ],
  });
});

describe('decisions', () => {
  const decisions = ['cancelWrite', 'approveWrite', 'declineWrite', 'retryWrite'] as const;

  test.each(decisions)('%s of an id that can be none is refused, and nobody is asked', async (field) => {
    const { ask, calls } = served({});
    const { data } = await ask(`mutation { ${field}(id: "7") { write { id } refusals { code } } }`);
    expect(data?.[field]).toEqual({ write: null, refusals: [{ code: 'UNKNOWN_WRITE' }] });
    expect(calls).toEqual([]);
  });

  test('a declined write keeps the reason', async () => {
    const decided = { write, refusals: [] };
    const { ask, calls } = served({ decline: () => Promise.resolve(decided) });
    await ask(
      `mutation { declineWrite(id: "${write.id.toUpperCase()}", reason: "too much") { write { id } } }`,
    );
    expect(calls).toEqual([['decline', write.id, 'too much']]);
  });

  test('only who operates the graph starts the writes of others anew', async () => {
    const { ask, calls } = served({
      retry: () => Promise.resolve({ write, refusals: [] }),
      redrive: () => Promise.resolve({ writes: [write], count: 7, refusals: [] }),
    });
    const both = `mutation { retryWrite(id: "${write.id}") { write { id } refusals { code } }
      redriveDeadLetters(dryRun: true, filter: {systems: [ERP], customerIds: ["none"]}) { count writes { id } refusals { code } } }`;
    const stranger = await ask(both, {}, request({ principal: principal('customer:write:sales') }));
    const refusals = [{ code: 'NOT_PERMITTED' }];
    expect(stranger.data).toEqual({
      retryWrite: { write: null, refusals },
      redriveDeadLetters: { count: 0, writes: [], refusals },
    });
    expect(calls).toEqual([]);
    const operator = await ask(both, {}, request({ principal: principal('customer:operate:writes') }));
    expect(operator.data).toMatchObject({ redriveDeadLetters: { count: 7, refusals: [] } });
    expect(calls).toEqual([
      ['retry', write.id],
      ['redrive', { systems: ['ERP'], entityIds: [], limit: 1000 }, true],
    ]);
  });

  test('a limit that is none is refused', async () => {
    const { ask } = served({});
    const redrive = 'mutation { redriveDeadLetters(filter: {limit: 0}) { count } }';
    expect(await ask(redrive)).toMatchObject({ codes: ['BAD_USER_INPUT'] });
  });
});
