import { describe, expect, test } from '@jest/globals';
import {
  account,
  erased,
  foundIn,
  good,
  history,
  onboarding,
  partner,
  payer,
  admittedAs,
} from './admissions.ts';
import type { Admissions } from './onboarded.ts';

const kinds = (of: Admissions) => [...new Set(foundIn(of).map(({ property }) => property))];

const gone = { state: 'CANCELLED', stage: 'ENDED', keys: {} } as const;
const asked = { state: 'PARKED', stage: 'BILLING_ACCOUNT' } as const;
const refused = { kind: 'REFUSED', candidates: [] } as const;
const [made, partnered, billed, activated] = history;

describe('nothing is found where nothing is wrong:', () => {
  const right: readonly (readonly [string, Admissions])[] = [
    ['a customer that came into all systems', good],
    [
      'one that had an account before',
      {
        ...good,
        history: [account('seed-1', null), partnered, billed, account('W4.0.0', null, 'Customer')],
        admitted: [admittedAs('PLAIN', { account: { customer: 'c', key: 'a' } })],
      },
    ],
    [
      'one that was cancelled, and whose records were withdrawn',
      {
        history: [made, partnered, partner('W5.0.0', erased), account('W6.0.0', 'c', undefined, 'DELETE')],
        admitted: [admittedAs('CANCELLED')],
        onboardings: [onboarding(gone)],
      },
    ],
    [
      'one that was made again after it was withdrawn',
      {
        ...good,
        history: [
          made,
          account('W6.0.0', 'c', undefined, 'DELETE'),
          { ...made, key: 'b' },
          partnered,
          billed,
          { ...activated, key: 'b' },
        ],
        onboardings: [onboarding({ keys: { CRM: 'b', ERP: 'p', BILLING: 'm' } })],
      },
    ],
    [
      'one that waits for the person who was not to come',
      {
        history: [made, partnered],
        admitted: [admittedAs('LEFT')],
        onboardings: [onboarding({ ...asked, question: refused, keys: { CRM: 'a', ERP: 'p' } })],
      },
    ],
  ];

  test.each(right)('%s', (_, of) => {
    expect(foundIn(of)).toEqual([]);
  });
});

describe('found is', () => {
  const planted: readonly (readonly [string, string, Admissions])[] = [
    [
      'lost',
      'an onboarding that was acknowledged and is not there',
      { ...good, history: [], onboardings: [] },
    ],
    ['lost', 'one that still goes on', { ...good, onboardings: [onboarding({ state: 'RUNNING' })] }],
    [
      'lost',
      'one that waits for a person although nothing is wrong',
      { ...good, onboardings: [onboarding({ ...asked, question: refused })] },
    ],
    [
      'lost',
      'one that waits for another decision than was to be expected',
      {
        ...good,
        admitted: [admittedAs('LEFT')],
        onboardings: [onboarding({ ...asked, question: { kind: 'WRITE', candidates: [] } })],
      },
    ],
    [
      'duplicated',
      'a second partner',
      { ...good, history: [...history, partner('W2.0.1', {}, 'CREATE', 'q')] },
    ],
    ['duplicated', 'a second billing account', { ...good, history: [...history, payer('W3.0.0', 'n')] }],
    [
      'duplicated',
      'a second partner that was there for a while only',
      {
        ...good,
        history: [...history, partner('W2.0.1', {}, 'CREATE', 'q'), partner('W5.0.0', erased, 'UPDATE', 'q')],
      },
    ],
    [
      'duplicated',
      'one key that became two onboardings',
      { ...good, admitted: [admittedAs('PLAIN', {}, ['F', 'G'])] },
    ],
    [
      'torn',
      'an active customer without a billing account',
      { ...good, history: [made, partnered, activated] },
    ],
    [
      'torn',
      'a cancelled one that has left a partner',
      {
        history: [made, partnered, account('W6.0.0', 'c', undefined, 'DELETE')],
        admitted: [admittedAs('CANCELLED')],
        onboardings: [onboarding(gone)],
      },
    ],
    [
      'torn',
      'a cancelled one whose account is not as sales had made it',
      {
        history: [account('seed-1', null), account('W1.0.0', null, 'Customer - Onboarding')],
        admitted: [admittedAs('GIVEN_UP', { account: { customer: 'c', key: 'a' } })],
        onboardings: [onboarding({ ...gone, keys: { CRM: 'a' } })],
      },
    ],
    ['phantom', 'an onboarding that nobody asked for', { ...good, admitted: [] }],
    [
      'phantom',
      'a record of nobody',
      { ...good, history: [...history, { ...billed, key: 'n', body: { metadata: { customer: 'd' } } }] },
    ],
    [
      'phantom',
      'an effect that no onboarding has ordered',
      { ...good, history: [...history, partner('W9.0.0', {})] },
    ],
    [
      'outOfOrder',
      'a billing account before a partner',
      { ...good, history: [made, billed, partnered, activated] },
    ],
    [
      'disagree',
      'a register that knows another key',
      { ...good, onboardings: [onboarding({ keys: { CRM: 'a', ERP: 'p', BILLING: 'x' } })] },
    ],
    [
      'disagree',
      'a register that has a record that was withdrawn',
      {
        history: [made, account('W6.0.0', 'c', undefined, 'DELETE')],
        admitted: [admittedAs('CANCELLED')],
        onboardings: [onboarding({ ...gone, keys: { CRM: 'a' } })],
      },
    ],
    ['disagree', 'a customer that is not active in the CRM', { ...good, history: [made, partnered, billed] }],
    [
      'disagree',
      'an onboarding that was refused',
      { ...good, history: [], onboardings: [], admitted: [admittedAs('PLAIN', {}, [], ['NOT_PERMITTED'])] },
    ],
    [
      'disagree',
      'one that failed although nothing was wrong',
      { ...good, history: [], onboardings: [onboarding({ ...gone, state: 'FAILED' })] },
    ],
  ];

  test.each(planted)('%s: %s', (property, _, of) => {
    expect(kinds(of)).toContain(property);
  });
});
