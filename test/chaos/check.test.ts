import { describe, expect, test } from '@jest/globals';
import { check, type Story } from './check.ts';
import type { ClaimedReceipt } from './claims.ts';
import { account, claimOf, good, logOf, partner, receipt, start, toldOf } from './stories.ts';
import { properties, verdictText } from './verdict.ts';

const industry = (outcome: ClaimedReceipt['outcome'], versionAfter: string | null = null) => [
  receipt('industry', 'CRM', outcome, versionAfter),
];
const kinds = (story: Story) => [...new Set(check(story).map(({ property }) => property))];

describe('nothing is found where nothing is wrong:', () => {
  test('a write in two systems', () => {
    expect(check(good)).toEqual([]);
  });

  test('a write that was undone, and the record is as it was', () => {
    const history = logOf([
      ...start,
      [account, 'W1.0.0', { Industry: 'w1' }],
      [account, 'W1.0.0.undo', { Industry: 'Trade' }],
    ]);
    const receipts = [...industry('COMPENSATED'), receipt('city', 'ERP', 'REJECTED')];
    expect(check({ ...good, history, claims: [claimOf(1, receipts, { state: 'FAILED' })] })).toEqual([]);
  });

  test('a write that had its effect in one system only, where that was allowed', () => {
    const history = logOf([...start, [account, 'W1.0.0', { Industry: 'w1' }]]);
    const receipts = [...industry('APPLIED', '"v2"'), receipt('city', 'ERP', 'REJECTED')];
    expect(
      check({ ...good, history, claims: [claimOf(1, receipts, { mode: 'EACH', state: 'PARTIAL' })] }),
    ).toEqual([]);
  });

  test('a half applied write that says that a person must look at it', () => {
    const history = logOf([...start, [account, 'W1.0.0', { Industry: 'w1' }]]);
    const receipts = [...industry('APPLIED', '"v2"'), receipt('city', 'ERP', 'NEEDS_REVIEW')];
    expect(check({ ...good, history, claims: [claimOf(1, receipts, { state: 'REVIEW' })] })).toEqual([]);
  });

  test('a copy of a value, in a queue of its own', () => {
    const history = logOf([
      ...start,
      [account, 'W1.0.0', { Name: 'w1' }],
      [partner, 'C1.0.0', { Printed: 'w1' }],
    ]);
    const claims = [
      claimOf(1, [receipt('name', 'CRM', 'APPLIED', '"v2"')]),
      claimOf(7, [receipt('name', 'ERP', 'APPLIED', 'W/"2"')], { id: 'C1', copyOf: 'W1', queue: 'c/ERP' }),
    ];
    expect(check({ history, told: [toldOf(1, ['name'])], claims })).toEqual([]);
  });

  test('a receipt of a later version in which the values still are', () => {
    const history = logOf([
      ...start,
      [account, 'W1.0.0', { Industry: 'w1' }],
      [account, 'W2.0.0', { Name: 'w2' }],
    ]);
    const claims = [
      claimOf(1, industry('APPLIED', '"v3"')),
      claimOf(2, [receipt('name', 'CRM', 'APPLIED', '"v3"')]),
    ];
    expect(check({ history, claims, told: [toldOf(1, ['industry']), toldOf(2, ['name'])] })).toEqual([]);
  });

  test('a refused submission', () => {
    const refused = toldOf(1, ['industry'], { ids: [], refusals: ['INVALID_VALUE'] });
    expect(check({ history: logOf(start), told: [refused], claims: [] })).toEqual([]);
  });
});

describe('found is', () => {
  const one = [toldOf(1, ['industry'])];
  const applied = [...start, [account, 'W1.0.0', { Industry: 'w1' }]] as const;
  const planted: readonly (readonly [(typeof properties)[number], string, Story])[] = [
    ['lost', 'an acknowledged write that is not there', { ...good, history: logOf(start), claims: [] }],
    [
      'lost',
      'an acknowledged write that is not at its end',
      { history: logOf(start), told: one, claims: [claimOf(1, industry('PENDING'), { state: 'RUNNING' })] },
    ],
    [
      'lost',
      'a receipt without an effect',
      { history: logOf(start), told: one, claims: [claimOf(1, industry('APPLIED', '"v2"'))] },
    ],
    [
      'duplicated',
      'a step that was carried out twice',
      {
        history: logOf([
          ...applied,
          [account, 'W2.0.0', { Name: 'w2' }],
          [account, 'W1.0.1', { Industry: 'w1!' }],
        ]),
        told: [...one, toldOf(2, ['name'])],
        claims: [
          claimOf(1, industry('APPLIED', '"v2"')),
          claimOf(2, [receipt('name', 'CRM', 'APPLIED', '"v3"')]),
        ],
      },
    ],
    [
      'duplicated',
      'one key that became two writes',
      {
        history: logOf([...applied, [account, 'W9.0.0', { Name: 'w1' }]]),
        told: [toldOf(1, ['industry'], { ids: ['W1', 'W9'] })],
        claims: [claimOf(1, industry('APPLIED', '"v2"')), claimOf(9, industry('APPLIED', '"v3"'))],
      },
    ],
    [
      'torn',
      'a write of ALL with one effect of two',
      {
        ...good,
        history: logOf(applied),
        claims: [
          claimOf(1, [...industry('APPLIED', '"v2"'), receipt('city', 'ERP', 'REJECTED')], {
            state: 'FAILED',
          }),
        ],
      },
    ],
    [
      'torn',
      'a compensation that did not happen',
      {
        history: logOf(applied),
        told: one,
        claims: [claimOf(1, industry('COMPENSATED'), { state: 'FAILED' })],
      },
    ],
    [
      'torn',
      'a compensation that put back something else',
      {
        history: logOf([...applied, [account, 'W1.0.0.undo', { Industry: 'Elsewhere' }]]),
        told: one,
        claims: [claimOf(1, industry('COMPENSATED'), { state: 'FAILED' })],
      },
    ],
    [
      'phantom',
      'an effect of a write that says it had none',
      { history: logOf(applied), told: one, claims: [claimOf(1, industry('REJECTED'), { state: 'FAILED' })] },
    ],
    [
      'phantom',
      'an effect of a write that nobody knows',
      {
        history: logOf([...applied, [account, 'W5.0.0', { Industry: 'w5' }]]),
        told: one,
        claims: [claimOf(1, industry('APPLIED', '"v2"'))],
      },
    ],
    [
      'phantom',
      'a write that nobody asked for',
      { ...good, claims: [...good.claims, claimOf(4, [], { state: 'FAILED' })] },
    ],
    [
      'phantom',
      'an effect without a wire key',
      {
        ...good,
        history: logOf([
          ...start,
          ...applied.slice(2),
          [partner, 'W1.1.0', { City: 'w1' }],
          [account, null, { Name: 'x' }],
        ]),
      },
    ],
    [
      'phantom',
      'an effect of what a client was refused',
      {
        history: logOf(applied),
        told: [toldOf(1, ['industry'], { ids: [], refusals: ['INVALID_VALUE'] })],
        claims: [claimOf(1, industry('APPLIED', '"v2"'))],
      },
    ],
    [
      'phantom',
      'an effect with values of another write',
      {
        history: logOf([...start, [account, 'W1.0.0', { Industry: 'w2' }]]),
        told: one,
        claims: [claimOf(1, industry('APPLIED', '"v2"'))],
      },
    ],
    [
      'outOfOrder',
      'an effect after that of a later write of the customer',
      {
        history: logOf([
          ...start,
          [account, 'W2.0.0', { Name: 'w2' }],
          [account, 'W1.0.0', { Industry: 'w1' }],
        ]),
        told: [...one, toldOf(2, ['name'])],
        claims: [
          claimOf(1, industry('APPLIED', '"v3"')),
          claimOf(2, [receipt('name', 'CRM', 'APPLIED', '"v2"')]),
        ],
      },
    ],
    [
      'outOfOrder',
      'a write that overtook one which was acknowledged before it was sent',
      {
        history: logOf([
          ...start,
          [account, 'W2.0.0', { Name: 'w2' }],
          [account, 'W1.0.0', { Industry: 'w1' }],
        ]),
        told: [...one, toldOf(2, ['name'])],
        claims: [
          claimOf(1, industry('APPLIED', '"v3"'), { number: 2 }),
          claimOf(2, [receipt('name', 'CRM', 'APPLIED', '"v2"')], { number: 1 }),
        ],
      },
    ],
    [
      'disagree',
      'a version that was not the effect’s',
      { history: logOf(applied), told: one, claims: [claimOf(1, industry('APPLIED', '"v1"'))] },
    ],
    [
      'disagree',
      'a version in which another write had taken the value’s place',
      {
        history: logOf([...applied, [account, 'W2.0.0', { Industry: 'w2' }]]),
        told: [...one, toldOf(2, ['industry'])],
        claims: [claimOf(1, industry('APPLIED', '"v3"')), claimOf(2, industry('APPLIED', '"v3"'))],
      },
    ],
    [
      'disagree',
      'an effect that was undone and is said to be there',
      {
        history: logOf([...applied, [account, 'W1.0.0.undo', { Industry: 'Trade' }]]),
        told: one,
        claims: [claimOf(1, industry('APPLIED', '"v2"'))],
      },
    ],
    [
      'disagree',
      'an attribute without a receipt',
      { ...good, told: [toldOf(1, ['industry', 'city', 'phone'])] },
    ],
    [
      'disagree',
      'a write that failed with all its effects',
      { ...good, claims: good.claims.map((claim) => ({ ...claim, state: 'FAILED' as const })) },
    ],
    ['lame', 'a queue that counts a write too few', { ...good, lame: ['q'] }],
    ['crashed', 'a worker that ended by itself', { ...good, crashes: ['worker.ts ended with 1'] }],
  ];

  test.each(planted)('%s: %s', (property, _, story) => {
    expect(kinds(story)).toContain(property);
    expect(verdictText(check(story))).toMatch(new RegExp(`^  ${property}: `, 'm'));
  });

  test('every property is planted', () => {
    expect(new Set(planted.map(([property]) => property))).toEqual(new Set(properties));
  });
});
