import { expect, test } from '@jest/globals';
import { createAdmission } from '../../gateway/admission.ts';
import { spend } from '../../gateway/budget.ts';
import { selfDeclared } from '../../gateway/server.ts';
import { serveShop } from './served.ts';
import { codesOf, everyWay, ways } from './transports.ts';

/** Costs 10: a list of which nothing is said. */
const ten = { query: '{ products { id } }' };

test.each([
  ['is whole at the beginning', undefined, 40, 0, { granted: true, left: 20, fullIn: 40, retryAfter: 0 }],
  ['may be spent to the last', undefined, 60, 0, { granted: true, left: 0, fullIn: 60, retryAfter: 0 }],
  [
    'gives nothing where there is too little',
    { left: 10, at: 0 },
    11,
    0,
    { granted: false, left: 10, fullIn: 50, retryAfter: 1 },
  ],
  [
    'says how long it takes until there is enough',
    { left: 0, at: 0 },
    60,
    0,
    { granted: false, left: 0, fullIn: 60, retryAfter: 60 },
  ],
  ['fills up evenly', { left: 0, at: 0 }, 10, 10_000, { granted: true, left: 0, fullIn: 60, retryAfter: 0 }],
  ['fills up by parts', { left: 0, at: 0 }, 1, 1_500, { granted: true, left: 0, fullIn: 60, retryAfter: 0 }],
  [
    'does not fill up beyond its measure',
    { left: 50, at: 0 },
    60,
    3_600_000,
    { granted: true, left: 0, fullIn: 60, retryAfter: 0 },
  ],
  [
    'does not empty where the clock stands',
    { left: 5, at: 1_000 },
    5,
    500,
    { granted: true, left: 0, fullIn: 60, retryAfter: 0 },
  ],
])('a budget %s', (_what, bucket, cost, now, spent) => {
  expect(spend(bucket, cost, 60, now).spent).toEqual(spent);
});

test('refusals are not charged: who waits as long as he is told gets his answer', () => {
  let now = 0;
  const admit = createAdmission({ costLimit: 60, costBudget: 60, now: () => now });
  const ask = () => admit({ cost: () => 45 }, {}, { subject: 'a', scopes: new Set() });
  expect(ask().errors).toBeUndefined();
  for (let i = 0; i < 5; i += 1)
    expect(ask()).toMatchObject({ status: 429, errors: [{ extensions: { retryAfter: 30 } }] });
  now = 29_000;
  expect(ask().errors).toBeDefined();
  now = 30_000;
  expect(ask().errors).toBeUndefined();
});

test.each(everyWay)(
  'a caller whose budget is spent hears when to come back, by %s; another does not wait for him',
  async (way) => {
    let now = 0;
    await using door = await serveShop({
      authenticate: selfDeclared(),
      admit: createAdmission({ costLimit: 20, costBudget: 25, now: () => now }),
    });
    const ask = (subject: string) => ways[way](door.port, ten, { 'x-principal': subject });
    for (let i = 0; i < 2; i += 1) expect(await ask('ann')).not.toHaveProperty('errors');
    const spent = await ask('ann');
    expect(codesOf(spent)).toEqual(['RATE_LIMITED']);
    expect(spent.errors).toMatchObject([{ extensions: { retryAfter: 12 } }]);
    expect(await ask('bob')).not.toHaveProperty('errors');
    now = 12_000;
    expect(await ask('ann')).not.toHaveProperty('errors');
    expect(door.shop.executed).toHaveLength(4);
  },
);

test('over HTTP the budget is told with every answer, and 429 says when to come back', async () => {
  await using door = await serveShop({
    admit: createAdmission({ costLimit: 20, costBudget: 25, now: () => 0 }),
  });
  const policy = { 'ratelimit-policy': '"cost";q=25;w=60' };
  const heard = [];
  for (let i = 0; i < 3; i += 1) heard.push(await ways.POST(door.port, ten));
  expect(heard).toMatchObject([
    { status: 200, headers: { ...policy, ratelimit: '"cost";r=15;t=24' } },
    { status: 200, headers: { ...policy, ratelimit: '"cost";r=5;t=48' } },
    { status: 429, headers: { ...policy, ratelimit: '"cost";r=5;t=48', 'retry-after': '12' } },
  ]);
});

test('without a budget nothing is said of one', async () => {
  await using door = await serveShop({ admit: createAdmission({ costLimit: 20, costBudget: 0 }) });
  expect((await ways.POST(door.port, ten)).headers).not.toHaveProperty('ratelimit');
});

test('callers that are many are remembered, and no more of them than a process can hold', () => {
  const admit = createAdmission({ costLimit: 1, costBudget: 1, now: () => 0 });
  const ask = (subject: string) => admit({ cost: () => 1 }, {}, { subject, scopes: new Set() });
  for (let i = 0; i < 100_000; i += 1) ask(String(i));
  expect(ask('0').errors).toBeDefined();
  ask('one more');
  // The one that has not asked for the longest is forgotten, and no other.
  expect(ask('1').errors).toBeUndefined();
  expect(ask('3').errors).toBeDefined();
});
