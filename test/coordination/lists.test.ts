import { describe, expect, test } from '@jest/globals';
import type { WriteView } from '../../coordination/coordination.ts';
import { id, principal, request, served, write } from './served.ts';
import { stepLike, writeLike } from './views.ts';

describe('lists of writes', () => {
  const page = (writes: readonly WriteView[], hasNextPage = false) =>
    Promise.resolve({ writes, hasNextPage });
  const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

  test('go on where a page ended, and refuse a cursor of another making', async () => {
    const { ask, calls } = served({ writes: () => page([write], true) });
    const query = `query ($after: String) { customerWrites(first: 1, after: $after, filter: {states: [REVIEW]}) {
      ${pageInfo} edges { cursor node { id acceptedAt } } } }`;
    const { data } = await ask(query);
    const { pageInfo: info, edges } = (
      data as { customerWrites: { pageInfo: { endCursor: string }; edges: unknown } }
    ).customerWrites;
    expect(info).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(edges).toEqual([
      { cursor: info.endCursor, node: { id: write.id, acceptedAt: '2026-03-01T09:30:00.123Z' } },
    ]);
    await ask(query, { after: info.endCursor });
    expect(calls).toEqual([
      ['writes', { states: ['REVIEW'] }, { first: 1, after: null }],
      ['writes', { states: ['REVIEW'] }, { first: 1, after: write.id }],
    ]);
    const forged = Buffer.from('writes 1\nnothing').toString('base64url');
    expect(await ask(query, { after: forged })).toMatchObject({ codes: ['INVALID_CURSOR'] });
  });

  test('the pending writes of all customers of a request are one question', async () => {
    const other = '0190a0b0-0000-7000-8000-00000000000b';
    const { ask, calls } = served({
      pendingOf: () => Promise.resolve(new Map([[id, { writes: [write], hasNextPage: false }]])),
    });
    const of = [id, other, 'none'].map((key) => ({ __typename: 'Customer', id: key }));
    const { data } = await ask(
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer {
        pendingWrites(first: 5) { edges { node { id } } } more: pendingWrites(first: 5) { edges { node { state } } } } } }`,
      { of },
    );
    expect(data?._entities).toMatchObject([
      { pendingWrites: { edges: [{ node: { id: write.id } }] } },
      { pendingWrites: { edges: [] } },
      { pendingWrites: null },
    ]);
    expect(calls).toEqual([['pendingOf', [id, other], { first: 5, after: null }]]);
  });
});

test('a write tells its approval, its steps with those of its copies, and a receipt for each attribute', async () => {
  const cause = { code: 'INVALID_VALUE', message: 'No.', current: { creditStatus: 'BLOCKED' } };
  const step = stepLike({ system: 'ERP', state: 'FAILED', changes: { creditStatus: 'APPROVED' }, cause });
  const view = writeLike({
    ...{ state: 'FAILED', steps: [step], approve: ['customer:approve:finance'] },
    approval: { by: 'carol', at: '2026-03-01T09:30:01+00:00', granted: true, reason: null },
    copies: [writeLike({ state: 'PENDING', steps: [stepLike({ system: 'BILLING', kind: 'COPY' })] })],
  });
  const { ask } = served({ write: () => Promise.resolve(view) });
  const query = `{ customerWrite(id: "${view.id}") { customer { id } approval { scopes granted decidedBy decidedAt }
    steps { system kind state attributes } receipts { attribute copyTo outcome cause { code message current } } } }`;
  const writeFor = async (...scopes: string[]) =>
    (await ask(query, {}, request({ principal: principal(...scopes) }))).data?.customerWrite;
  expect(await writeFor('customer:read:finance')).toEqual({
    customer: { id: view.entityId },
    approval: {
      ...{ scopes: ['customer:approve:finance'], granted: true, decidedBy: 'carol' },
      decidedAt: '2026-03-01T09:30:01.000Z',
    },
    steps: [
      { system: 'ERP', kind: 'OWNER', state: 'FAILED', attributes: ['creditStatus'] },
      { system: 'BILLING', kind: 'COPY', state: 'READY', attributes: ['name'] },
    ],
    receipts: [
      {
        ...{ attribute: 'creditStatus', copyTo: null, outcome: 'REJECTED' },
        cause: { code: 'INVALID_VALUE', message: 'No.', current: 'BLOCKED' },
      },
      { attribute: 'name', copyTo: 'BILLING', outcome: 'PENDING', cause: null },
    ],
  });
  expect(await writeFor()).toMatchObject({
    receipts: [
      {
        cause: {
          code: 'INVALID_VALUE',
          message: expect.stringContaining('for those who may read'),
          current: null,
        },
      },
      {},
    ],
  });
});
