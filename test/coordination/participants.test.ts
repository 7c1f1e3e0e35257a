import { describe, expect, test } from '@jest/globals';
import { participantOf } from '../../coordination/index.ts';
import type { Examination, Order, ParticipantCall } from '../../coordination/participant.ts';
import type { RequestContext } from '../../runtime/context.ts';
import type { Subgraph, SubgraphResult } from '../../runtime/executor.ts';

const memos = new Map<object, unknown>();
const call: ParticipantCall = {
  correlationId: 'c-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  timeout: 10_000,
  memo: <T>(key: object, create: () => T) => {
    if (!memos.has(key)) memos.set(key, create());
    return memos.get(key) as T;
  },
};
const examination: Examination = {
  ...{ entity: 'Customer', entityId: 'id', kind: 'OWNER', validate: true },
  changes: { name: 'A' },
};
const order: Order = {
  ...{ entity: 'Customer', entityId: 'id', kind: 'OWNER', changes: { name: 'A' } },
  ...{ wireKey: 'w', ifVersion: 'v1' },
};

interface Asked {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** A subgraph that gives one answer to everything, and what it was asked. */
function answering(answer: SubgraphResult | ((asked: Asked) => Promise<SubgraphResult>)) {
  const asked: Asked[] = [];
  const subgraph: Subgraph = {
    name: 'crm',
    prepare: () => (variables, context) => {
      asked.push({ variables, context });
      return typeof answer === 'function' ? answer({ variables, context }) : answer;
    },
  };
  return { owner: participantOf('CRM', subgraph), asked };
}

const failed = (code: string, details = {}): SubgraphResult => ({
  errors: [{ message: 'It failed.', extensions: { code, ...details } }],
});
const outcome = {
  ...{ status: 'APPLIED', version: null, values: null, causes: null },
  ...{ code: null, message: null, retryAfter: null },
};

test('an owner is asked as coordination, under the correlation id and trace of the write, and what it looks up is shared', async () => {
  const { owner, asked } = answering({ data: { crmExamine: null } });
  await owner.examine(examination, call);
  await owner.apply(order, call);
  expect(asked.map(({ variables }) => variables)).toEqual([{ of: examination }, { order }]);
  for (const { context } of asked) {
    expect(context).toMatchObject({
      caller: 'coordination',
      principal: { subject: 'coordination' },
      correlationId: 'c-1',
      traceparent: call.traceparent,
      idempotencyKey: null,
    });
  }
  const [one, other] = asked.map(({ context }) => context.memo(call, () => ({})));
  expect(one).toBe(other);
});

describe('an examination', () => {
  const found = {
    ...{ version: 'v1', values: { name: 'B' }, restore: { Name: 'B' }, same: [], restored: false },
    refusals: [{ code: 'INVALID_VALUE', message: 'No.', attribute: null }],
  };
  const able = { guarantee: 'EFFECTIVELY_ONCE', conditional: true, keyed: false };

  test('gives what was found, without what is not known', async () => {
    const { owner } = answering({ data: { crmExamine: { ...able, unreachable: null, found } } });
    expect(await owner.examine(examination, call)).toEqual({
      ...able,
      found: { ...found, refusals: [{ code: 'INVALID_VALUE', message: 'No.' }] },
    });
  });

  test('says why the system could not be reached', async () => {
    const unreachable = { code: 'RATE_LIMITED', message: 'Later.', retryAfter: 3 };
    const { owner } = answering({ data: { crmExamine: { ...able, unreachable, found: null } } });
    expect(await owner.examine(examination, call)).toEqual({ ...able, unreachable, found: null });
  });

  test.each([
    ['failed', failed('SYSTEM_UNAVAILABLE')],
    ['gave nothing', {}],
    ['threw', () => Promise.reject(new Error('a fault'))],
  ])('that %s as a whole is null', async (_, answer) => {
    expect(await answering(answer).owner.examine(examination, call)).toBeNull();
  });
});

describe('a call that changes something', () => {
  test.each([
    [
      'APPLIED',
      { ...outcome, version: 'v2', values: { name: 'A' } },
      { status: 'APPLIED', version: 'v2', values: { name: 'A' } },
    ],
    [
      'REFUSED',
      {
        ...outcome,
        status: 'REFUSED',
        causes: [{ code: 'DUPLICATE', message: 'Twice.', attribute: 'name' }],
      },
      { status: 'REFUSED', causes: [{ code: 'DUPLICATE', message: 'Twice.', attribute: 'name' }] },
    ],
    ['STALE', { ...outcome, status: 'STALE' }, { status: 'STALE' }],
    [
      'LATER',
      { ...outcome, status: 'LATER', code: 'RATE_LIMITED', message: 'Later.', retryAfter: 2 },
      { status: 'LATER', code: 'RATE_LIMITED', message: 'Later.', retryAfter: 2 },
    ],
    [
      'UNKNOWN',
      { ...outcome, status: 'UNKNOWN', code: 'DEADLINE_EXCEEDED', message: 'Silence.' },
      { status: 'UNKNOWN', code: 'DEADLINE_EXCEEDED', message: 'Silence.' },
    ],
  ])('ends as the owner says: %s', async (_, crmApply, expected) => {
    expect(await answering({ data: { crmApply } }).owner.apply(order, call)).toEqual(expected);
  });

  test.each([
    ['the subgraph cannot be reached', failed('SYSTEM_UNAVAILABLE')],
    ['it did not answer in time', failed('DEADLINE_EXCEEDED')],
    ['it failed inside', { data: null, ...failed('INTERNAL_SERVER_ERROR') }],
    ['an error has no code', { errors: [{ message: 'Hm.' }] }],
    ['the answer is empty', {}],
    ['the fetch threw', () => Promise.reject(new Error('a fault'))],
  ])('is unknown where %s: it may have arrived', async (_, answer) => {
    expect(await answering(answer).owner.apply(order, call)).toMatchObject({ status: 'UNKNOWN' });
  });

  test.each(['RATE_LIMITED', 'UNAUTHENTICATED', 'FORBIDDEN', 'GRAPHQL_VALIDATION_FAILED'])(
    'refused at the door with %s had no effect, and comes again',
    async (code) => {
      const { owner } = answering(failed(code, { retryAfter: 4 }));
      expect(await owner.apply(order, call)).toMatchObject({ status: 'LATER', code, retryAfter: 4 });
    },
  );

  test('without an answer in its time is unknown, and is let go of', async () => {
    const aborted = Promise.withResolvers<undefined>();
    const { owner } = answering(({ context }) => {
      context.signal.addEventListener('abort', () => {
        aborted.resolve(undefined);
      });
      return new Promise<never>(() => undefined);
    });
    const brief = { ...call, timeout: 1 };
    expect(await owner.apply(order, brief)).toMatchObject({ status: 'UNKNOWN', code: 'DEADLINE_EXCEEDED' });
    await aborted.promise;
  });
});
