import { describe, expect, test } from '@jest/globals';
import { receipts, type Outcome } from '../../coordination/receipt.ts';
import type { Step, StepState, WriteState } from '../../coordination/write.ts';
import { stepLike, writeLike } from './views.ts';

const outcomesOf = (state: WriteState, step: Partial<Step>) =>
  receipts(writeLike({ state, steps: [stepLike(step)] }), []).map(({ outcome }) => outcome);

const states: readonly StepState[] = [
  ...(['READY', 'UNKNOWN', 'APPLIED', 'UNCHANGED', 'FAILED'] as const),
  ...(['DEAD', 'REVIEW', 'UNDOING', 'COMPENSATED', 'SKIPPED'] as const),
];
/** What each state of a step means while its write goes on, when a person is asked, and when it is over. */
const meanings: Readonly<Record<StepState, readonly [Outcome, Outcome, Outcome]>> = {
  READY: ['PENDING', 'NEEDS_REVIEW', 'REJECTED'],
  UNKNOWN: ['PENDING', 'NEEDS_REVIEW', 'NEEDS_REVIEW'],
  UNDOING: ['PENDING', 'NEEDS_REVIEW', 'NEEDS_REVIEW'],
  APPLIED: ['APPLIED', 'APPLIED', 'APPLIED'],
  UNCHANGED: ['UNCHANGED', 'UNCHANGED', 'UNCHANGED'],
  FAILED: ['REJECTED', 'REJECTED', 'REJECTED'],
  SKIPPED: ['REJECTED', 'REJECTED', 'REJECTED'],
  COMPENSATED: ['COMPENSATED', 'COMPENSATED', 'COMPENSATED'],
  DEAD: ['NEEDS_REVIEW', 'NEEDS_REVIEW', 'REJECTED'],
  REVIEW: ['NEEDS_REVIEW', 'NEEDS_REVIEW', 'REJECTED'],
};
const open: readonly WriteState[] = ['AWAITING_APPROVAL', 'PENDING', 'RUNNING', 'COMPENSATING'];
const over: readonly WriteState[] = ['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'];

describe('a receipt never says more than the step shows', () => {
  test.each(states)('%s', (state) => {
    const [going, reviewed, ended] = meanings[state];
    for (const write of open) expect(outcomesOf(write, { state })).toEqual([going]);
    expect(outcomesOf('REVIEW', { state })).toEqual([reviewed]);
    for (const write of over) expect(outcomesOf(write, { state })).toEqual([ended]);
  });
});

test.each(['DEAD', 'REVIEW'] as const)('of a write that was let stand, %s says what is certain', (state) => {
  for (const write of ['PARTIAL', 'FAILED'] as const) {
    expect(outcomesOf(write, { state, sent: true })).toEqual(['NEEDS_REVIEW']);
    expect(outcomesOf(write, { state, versionAfter: 'v2' })).toEqual(['APPLIED']);
  }
});

test('an attribute that had the wanted value is unchanged, whatever became of the others of its call', () => {
  const before = { version: 'v1', values: {}, restore: {}, same: ['segment'] };
  const changes = { name: 'New', segment: 'ENTERPRISE' };
  expect(outcomesOf('SUCCEEDED', { state: 'APPLIED', before, changes })).toEqual(['APPLIED', 'UNCHANGED']);
  expect(outcomesOf('FAILED', { state: 'COMPENSATED', before, changes })).toEqual([
    'COMPENSATED',
    'UNCHANGED',
  ]);
  expect(outcomesOf('FAILED', { state: 'FAILED', before, changes })).toEqual(['REJECTED', 'REJECTED']);
});

test('what a new record keeps of others is told as their copy', () => {
  const changes = { name: 'New', paymentTerms: null, billingCurrency: 'EUR' };
  const steps = [stepLike({ system: 'BILLING', kind: 'CREATE', state: 'APPLIED', changes })];
  const told = receipts(writeLike({ state: 'SUCCEEDED', steps }), []);
  expect(told.map(({ attribute, owner, copyTo }) => [attribute, owner, copyTo])).toEqual([
    ['name', 'CRM', 'BILLING'],
    ['paymentTerms', 'ERP', 'BILLING'],
    ['billingCurrency', 'BILLING', null],
  ]);
});

test('there is one for each attribute in the order of the steps, and one for each copy, with its owner', () => {
  const write = writeLike({
    state: 'SUCCEEDED',
    steps: [
      stepLike({ state: 'APPLIED', versionAfter: 'v2', settledAt: '2026-03-01T09:30:05.000Z' }),
      stepLike({ ordinal: 1, system: 'ERP', state: 'UNCHANGED', changes: { creditLimit: null } }),
    ],
  });
  const copy = writeLike({
    state: 'PENDING',
    acceptedAt: '2026-03-01T09:30:05.000Z',
    steps: [stepLike({ system: 'BILLING', kind: 'COPY', attempts: 2, before: null, guarantee: null })],
  });
  expect(
    receipts(write, [copy]).map(({ attribute, owner, copyTo, outcome }) => [
      attribute,
      owner,
      copyTo,
      outcome,
    ]),
  ).toEqual([
    ['name', 'CRM', null, 'APPLIED'],
    ['creditLimit', 'ERP', null, 'UNCHANGED'],
    ['name', 'CRM', 'BILLING', 'PENDING'],
  ]);
  const [applied, unchanged, copied] = receipts(write, [copy]);
  expect(applied).toMatchObject({
    versionBefore: 'v1',
    versionAfter: 'v2',
    acceptedAt: write.acceptedAt,
    settledAt: '2026-03-01T09:30:05.000Z',
  });
  expect(unchanged).toMatchObject({ settledAt: write.settledAt });
  expect(copied).toMatchObject({
    versionBefore: null,
    attempts: 2,
    acceptedAt: copy.acceptedAt,
    settledAt: null,
    guarantee: null,
  });
});

test('what was never tried says why', () => {
  const causeOf = (state: WriteState, step: Partial<Step>) =>
    receipts(writeLike({ state, steps: [stepLike(step)] }), [])[0]?.cause?.code;
  expect(causeOf('FAILED', { state: 'SKIPPED' })).toBe('NOT_TRIED');
  expect(causeOf('CANCELLED', { state: 'READY' })).toBe('CANCELLED');
  expect(causeOf('PENDING', { state: 'READY' })).toBeUndefined();
  const cause = { code: 'SYSTEM_UNAVAILABLE', message: 'The owner cannot be reached.' };
  expect(causeOf('PENDING', { state: 'READY', cause })).toBe('SYSTEM_UNAVAILABLE');
});
