import { describe, expect, test } from '@jest/globals';
import {
  approved,
  assigned,
  carriedOut,
  decided,
  declined,
  type Actor,
  type Moved,
} from '../../steward/decide.ts';
import type { StoredItem, Verdict } from '../../steward/item.ts';
import { offers, type Kind, type Offer } from '../../steward/kinds.ts';
import type { Refusal, RefusalCode } from '../../steward/refusal.ts';

const at = '2026-03-01T09:30:00.000Z';
const actor = (subject: string, ...scopes: string[]): Actor => ({
  principal: { subject, scopes: new Set(scopes) },
  at,
});
const ann = actor('ann', 'customer:steward');
const bob = actor('bob', 'customer:steward');
const boss = actor('boss', 'customer:steward:approve');

const item = (given: Partial<StoredItem> = {}): StoredItem => ({
  id: '0190a0b0-0000-7000-8000-000000000001',
  kind: 'POSSIBLE_DUPLICATE',
  key: 'a b',
  entity: 'Customer',
  entityIds: ['a', 'b'],
  sides: [{ customer: 'a' }, { customer: 'b' }],
  evidence: {},
  waiting: {},
  offered: null,
  state: 'OPEN',
  assignee: null,
  decision: null,
  history: [],
  raisedAt: at,
  dueAt: at,
  closedAt: null,
  ...given,
});
const verdict: Verdict = {
  ...{ decision: 'SAME', customer: null, reason: 'why', by: 'ann', at },
  approve: ['customer:steward:approve'],
  approvedBy: null,
};
const proposed = item({ state: 'PROPOSED', assignee: 'ann', decision: verdict });
const asked = (decision: 'SAME' | 'DIFFERENT' | 'LINK' | 'IGNORE', customer: string | null = null) => ({
  ...{ decision, customer, reason: 'why' },
});
const unknown = item({ kind: 'UNKNOWN_RECORD' });

/** The state that it becomes, or why not. */
const told = (result: Moved | Refusal): string => ('code' in result ? result.code : result.state);

const cases: readonly (readonly [string, Moved | Refusal, RefusalCode | StoredItem['state']])[] = [
  ['a decision for one person', decided(item(), asked('DIFFERENT'), ann), 'DECIDED'],
  ['a decision for two', decided(item(), asked('SAME'), ann), 'PROPOSED'],
  ['of one whom it is given to', decided(item({ assignee: 'ann' }), asked('DIFFERENT'), ann), 'DECIDED'],
  ['of another', decided(item({ assignee: 'bob' }), asked('DIFFERENT'), ann), 'ASSIGNED_TO_ANOTHER'],
  ['without the scope', decided(item(), asked('DIFFERENT'), boss), 'NOT_PERMITTED'],
  ['that its kind does not have', decided(item(), asked('IGNORE'), ann), 'NOT_OFFERED'],
  ['that it does not offer', decided(item({ offered: ['SAME'] }), asked('DIFFERENT'), ann), 'NOT_OFFERED'],
  ['without the customer', decided(unknown, asked('LINK'), ann), 'CUSTOMER_REQUIRED'],
  ['with one', decided(unknown, asked('LINK', 'c'), ann), 'DECIDED'],
  ['with one that is not meant', decided(unknown, asked('IGNORE', 'c'), ann), 'CUSTOMER_REQUIRED'],
  ['after a proposal', decided(proposed, asked('DIFFERENT'), ann), 'ALREADY_DECIDED'],
  ['after a decision', decided(item({ state: 'DECIDED' }), asked('SAME'), ann), 'ALREADY_DECIDED'],
  ['after the end', decided(item({ state: 'CLOSED' }), asked('SAME'), ann), 'ALREADY_CLOSED'],
  ['agreed by a second person', approved(proposed, boss), 'DECIDED'],
  ['agreed by the same', approved(proposed, actor('ann', '*')), 'SAME_PERSON'],
  ['agreed without the scope', approved(proposed, bob), 'NOT_PERMITTED'],
  ['agreed where nothing is proposed', approved(item(), boss), 'NOT_PROPOSED'],
  ['agreed twice', approved(item({ state: 'DECIDED', decision: verdict }), boss), 'NOT_PROPOSED'],
  ['declined', declined(proposed, 'no', bob), 'OPEN'],
  ['taken back', declined(proposed, null, ann), 'OPEN'],
  ['declined without the scope', declined(proposed, null, boss), 'NOT_PERMITTED'],
  ['declined where nothing is proposed', declined(item(), null, ann), 'NOT_PROPOSED'],
  ['taken', assigned(item(), { assignee: 'ann', takeOver: false }, ann), 'OPEN'],
  ['given away', assigned(item({ assignee: 'ann' }), { assignee: 'bob', takeOver: false }, ann), 'OPEN'],
  [
    "taken while another's",
    assigned(item({ assignee: 'bob' }), { assignee: 'ann', takeOver: false }, ann),
    'ASSIGNED_TO_ANOTHER',
  ],
  ['taken over', assigned(proposed, { assignee: 'bob', takeOver: true }, bob), 'PROPOSED'],
  ['taken without the scope', assigned(item(), { assignee: null, takeOver: true }, boss), 'NOT_PERMITTED'],
  [
    'taken after a decision',
    assigned(item({ state: 'DECIDED' }), { assignee: 'ann', takeOver: true }, ann),
    'ALREADY_DECIDED',
  ],
  [
    'taken after the end',
    assigned(item({ state: 'CLOSED' }), { assignee: 'ann', takeOver: true }, ann),
    'ALREADY_CLOSED',
  ],
];

describe('what somebody may do about a work item', () => {
  test.each(cases)('%s', (_, result, expected) => {
    expect(told(result)).toBe(expected);
  });
});

test('who decides has it from then on, and what was proposed is kept word for word', () => {
  expect(decided(item(), asked('SAME'), ann)).toEqual({
    ...{ state: 'PROPOSED', assignee: 'ann', decision: verdict },
    event: { at, by: 'ann', event: 'PROPOSED', decision: 'SAME', reason: 'why' },
  });
  expect(approved(proposed, boss)).toMatchObject({
    decision: { ...verdict, approvedBy: 'boss' },
    event: { by: 'boss', event: 'APPROVED', decision: 'SAME' },
  });
  expect(declined(proposed, 'no', bob)).toMatchObject({
    decision: null,
    event: { event: 'DECLINED', reason: 'no' },
  });
});

test('what is done is closed, and what cannot be done is open again and says why', () => {
  const running = item({ state: 'DECIDED', assignee: 'ann', decision: verdict });
  expect(carriedOut(running, { status: 'DONE' }, at)).toEqual({
    ...{ state: 'CLOSED', assignee: 'ann', decision: verdict },
    event: { at, by: null, event: 'CLOSED', code: 'DONE', decision: 'SAME' },
  });
  expect(carriedOut(running, { status: 'REFUSED', code: 'GONE', message: 'It is gone.' }, at)).toEqual({
    ...{ state: 'OPEN', assignee: 'ann', decision: null },
    event: { at, by: null, event: 'REFUSED', code: 'GONE', reason: 'It is gone.', decision: 'SAME' },
  });
});

test('every kind can be decided by one person alone, and what takes two says by which scopes', () => {
  for (const kind of Object.keys(offers) as Kind[]) {
    const all: readonly Offer[] = Object.values(offers[kind] satisfies Record<string, Offer>);
    expect(all.some(({ approve }) => approve === undefined)).toBe(true);
    for (const { approve } of all) expect(approve).not.toEqual([]);
  }
});
