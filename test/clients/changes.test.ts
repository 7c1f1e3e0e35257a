import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import {
  changes,
  subscriptionOf,
  type ChangesOptions,
  type Interruption,
  type Told,
} from '../../clients/changes.ts';
import { expired } from '../../events/cursor.ts';
import { until } from '../gateway/stream/until.ts';
import {
  change,
  error,
  placeIn,
  serveScript,
  span,
  type Script,
  type Scripted,
  type Step,
} from './scripted.ts';

let served: Scripted | undefined;
const close = async () => {
  await served?.[Symbol.asyncDispose]();
  served = undefined;
};
afterEach(close);

describe.each(['websocket', 'sse'] as const)('changes by %s', (transport) => {
  const listen = async (script: Script, options: Partial<ChangesOptions> = {}) => {
    served = await serveScript(script);
    const ended = new AbortController();
    const interruptions: Interruption[] = [];
    const loop = changes<Told>({
      ...{ url: served.url, transport, pauses: [1, 5000], signal: ended.signal, after: 'at 0' },
      onInterruption: (interruption) => interruptions.push(interruption),
      ...options,
    });
    return {
      ...{ served, loop, ended, interruptions },
      /** Positions up to this one. */
      upTo: async (last: number) => {
        const heard: number[] = [];
        for await (const { position } of loop) {
          heard.push(Number(position));
          if (Number(position) >= last) break;
        }
        return heard;
      },
    };
  };
  const all = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
  const failure = async (loop: AsyncGenerator): Promise<unknown> => {
    try {
      for (;;) if ((await loop.next()).done === true) break;
    } catch (why) {
      return why;
    }
    throw new Error('it has ended without an error');
  };

  test('goes on behind the last change after every kind of loss, and gives none twice', async () => {
    const losses: readonly Step[] = [
      'kill',
      'complete',
      ...[4410, 4503, 4408, 4500, 1000, 1001, 1011].map((close) => ({ close })),
      ...['SERVER_DRAINING', 'SUBSCRIPTION_LIMIT_EXCEEDED', 'INTERNAL_SERVER_ERROR', 'NEVER_HEARD_OF'].map(
        (code) => ({ errors: [error(code)] }),
      ),
      { next: { data: null, errors: [error('SYSTEM_UNAVAILABLE')] } },
    ];
    const { upTo, served, interruptions } = await listen(({ variables }, connection) => {
      const after = placeIn(variables);
      const loss = losses[connection - 1];
      // Some come again, as where a server and its client do not agree on where they are.
      return [...span(Math.max(1, after - 2), after + 3), ...(loss === undefined ? [] : [loss])];
    });
    const last = 3 * (losses.length + 1);
    expect(await upTo(last)).toEqual(all(last));
    expect(served.asked.map(({ variables }) => placeIn(variables))).toEqual(
      [...losses, 0].map((_, round) => round * 3),
    );
    expect(interruptions).toHaveLength(losses.length);
    await until(() => served.open() === 0);
  });

  test('without a place to begin it finds out where the feed ends, so that a loss before the first change loses none', async () => {
    const { upTo, served } = await listen(
      ({ query, variables }, connection) => {
        if (!query.startsWith('subscription'))
          return [{ next: { data: { customerChanges: { pageInfo: { endCursor: 'at 7' } } } } }];
        return connection < 4 ? ['kill'] : span(placeIn(variables) + 1, 9);
      },
      { after: undefined as never },
    );
    expect(await upTo(9)).toEqual([8, 9]);
    expect(served.asked.slice(1).map(({ variables }) => variables)).toEqual(
      [0, 0, 0].map(() => ({ after: 'at 7' })),
    );
  });

  test('a snapshot that breaks off goes on in its middle; one that did not begin begins again', async () => {
    const member = (name: string) => change(5, `at 5~${name}`);
    const { loop, upTo, served } = await listen(
      (_, connection) =>
        connection === 1
          ? ['kill']
          : connection === 2
            ? [member('a'), member('b'), 'kill']
            : [member('c'), change(5), ...span(6, 7)],
      { snapshot: true, after: undefined as never },
    );
    const cursors = [];
    for (let index = 0; index < 4; index++) cursors.push(((await loop.next()).value as Told).cursor);
    expect(cursors).toEqual(['at 5~a', 'at 5~b', 'at 5~c', 'at 5']);
    expect(await upTo(7)).toEqual([6, 7]);
    const begun = { snapshot: true };
    expect(served.asked.map(({ variables }) => variables)).toEqual([begun, begun, { after: 'at 5~b' }]);
  });

  test.each([
    'CURSOR_EXPIRED',
    'INVALID_CURSOR',
    'BAD_USER_INPUT',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'GRAPHQL_VALIDATION_FAILED',
  ])('%s ends it at once', async (code) => {
    const { loop, served } = await listen(() => [{ errors: [error(code)] }]);
    expect(await failure(loop)).toMatchObject({
      name: 'ChangesError',
      code,
      message: `It is ${code}.`,
      cursor: 'at 0',
    });
    expect(served.asked).toHaveLength(1);
    await until(() => served.open() === 0);
  });

  test('a cursor that is too old is told with the snapshot to run and the oldest cursor that there is', async () => {
    const { message, extensions } = expired({ epoch: '0198c1a4-0000-7000-8000-000000000000', floor: '4' });
    const { loop } = await listen(() => [{ errors: [{ message, extensions }] }]);
    expect(await failure(loop)).toMatchObject({
      code: 'CURSOR_EXPIRED',
      message: expect.stringContaining('snapshot: true') as unknown,
      extensions: { oldest: extensions.oldest },
    });
  });

  test('what nobody has heard of is tried a few times, and then told', async () => {
    const { loop, served } = await listen(() => [{ errors: [{ message: 'No.' }] }]);
    expect(await failure(loop)).toMatchObject({ code: 'UNKNOWN', message: 'No.' });
    expect(served.asked).toHaveLength(6);
  });

  test('a query that does not select the place is refused, and so is an address that is none', async () => {
    const { loop } = await listen(() => [{ next: { data: { customerChanged: { kind: 'CREATED' } } } }]);
    expect(await failure(loop)).toMatchObject({ code: 'INVALID_QUERY' });
    const nowhere = changes({ url: 'nowhere', transport, after: 'at 0' });
    await expect(nowhere.next()).rejects.toThrow('URL');
  });

  test('who was let in asks once more with another token, and no more than that', async () => {
    let tokens = 0;
    const headers = () => Promise.resolve({ 'x-principal': `token ${++tokens}` });
    const refused: Step = { errors: [error('UNAUTHENTICATED')] };
    const { loop, upTo, served } = await listen(
      (_, connection) =>
        connection === 1 ? [change(1), refused] : connection === 2 ? [change(2), refused] : [refused],
      { headers },
    );
    expect((await loop.next()).value).toMatchObject({ position: '1' });
    await expect(upTo(3)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', cursor: 'at 2' });
    expect(served.asked.map(({ headers }) => headers['x-principal'])).toEqual([
      'token 1',
      'token 2',
      'token 3',
    ]);
  });

  test('a change that did not come is asked for again; one that never comes ends it or is told', async () => {
    const lostOnce: Script = ({ variables }, connection) =>
      connection === 1 ? [change(1), change(3)] : span(placeIn(variables) + 1, 4);
    const never: Script = ({ variables }) =>
      [1, 2, 5].filter((at) => at > placeIn(variables)).map((at) => change(at));
    expect(await (await listen(lostOnce)).upTo(4)).toEqual([1, 2, 3, 4]);
    await close();
    const { loop } = await listen(never);
    expect(await failure(loop)).toMatchObject({ code: 'CHANGES_MISSING', cursor: 'at 2' });
    await close();
    const gaps: unknown[] = [];
    expect(await (await listen(never, { onGap: (gap) => gaps.push(gap) })).upTo(5)).toEqual([1, 2, 5]);
    expect(gaps).toEqual([{ after: '2', next: '5' }]);
    for (const chosen of [
      { variables: { filter: { kinds: ['CREATED'] } } },
      { query: subscriptionOf('kind') },
    ]) {
      await close();
      const filtered = await listen(never, chosen);
      expect(await filtered.upTo(5)).toEqual([1, 2, 5]);
      expect(filtered.served.asked).toHaveLength(1);
    }
  });

  test('a loop that is slow holds no more than it says, and misses nothing', async () => {
    const { loop, upTo, served, interruptions } = await listen(
      ({ variables }) => span(placeIn(variables) + 1, 100),
      {
        buffer: 10,
      },
    );
    await loop.next();
    // It lets go of the connection while nobody takes anything.
    await until(() => served.open() === 0);
    expect(served.asked).toHaveLength(1);
    expect(await upTo(100)).toEqual(all(100).slice(1));
    expect(interruptions).toEqual([]);
  });

  test('a server that says nothing is left; one that gives signs of life is not', async () => {
    const silent = await listen((_, connection) => (connection < 3 ? [] : [change(1)]), { silence: 60 });
    expect(await silent.upTo(1)).toEqual([1]);
    expect(silent.interruptions).toHaveLength(2);
    await close();
    function* lively(): Generator<Step> {
      for (let index = 0; index < 15; index++) {
        yield new Promise((resolve) => setTimeout(resolve, 40));
        yield 'ping';
      }
      yield change(1);
    }
    const patient = await listen(lively, { silence: 400 });
    expect(await patient.upTo(1)).toEqual([1]);
    expect(patient.interruptions).toEqual([]);
  });

  test('the signal ends it without an error, whatever it is doing, and leaves no connection', async () => {
    const waiting = await listen(() => [change(1)]);
    await waiting.loop.next();
    const next = waiting.loop.next();
    waiting.ended.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await until(() => waiting.served.open() === 0);
    await served?.[Symbol.asyncDispose]();

    const ended = new AbortController();
    const pausing = await listen(() => ['kill'], {
      signal: ended.signal,
      pauses: [900_000, 600_000],
      onInterruption: () =>
        setImmediate(() => {
          ended.abort();
        }),
    });
    expect(await pausing.loop.next()).toEqual({ done: true, value: undefined });
    const late = changes({ url: pausing.served.url, transport, signal: ended.signal });
    expect(await late.next()).toEqual({ done: true, value: undefined });
  });

  test('pauses grow up to the most that there may be, and are as long as the server says', async () => {
    const random = Math.random;
    Math.random = () => 1;
    try {
      const { loop, interruptions, ended } = await listen((_, connection) => [
        ...(connection === 6 ? [change(1)] : []),
        connection === 7 ? { errors: [error('RATE_LIMITED', { retryAfter: 0.03 })] } : 'kill',
      ]);
      await loop.next();
      const more = loop.next();
      await until(() => interruptions.length === 8);
      ended.abort();
      await more;
      expect(interruptions.map(({ wait }) => wait)).toEqual([1, 2, 4, 8, 16, 1, 30, 4]);
      expect(interruptions.map(({ inARow }) => inARow)).toEqual([1, 2, 3, 4, 5, 1, 2, 3]);
    } finally {
      Math.random = random;
    }
  });

  test('a change of which a part could not be read comes with its errors', async () => {
    const data = { customerChanged: { cursor: 'at 1', position: '1', customer: null } };
    const { loop } = await listen(() => [{ next: { data, errors: [error('SYSTEM_UNAVAILABLE')] } }]);
    expect((await loop.next()).value).toEqual({
      ...data.customerChanged,
      errors: [error('SYSTEM_UNAVAILABLE')],
    });
  });
});

test('a WebSocket of another library will do', async () => {
  const scripted = (served = await serveScript(() => [change(1), change(2)]));
  const heard = [];
  for await (const { position } of changes({ url: scripted.url, after: 'at 0', webSocketImpl: WebSocket })) {
    heard.push(position);
    if (position === '2') break;
  }
  expect(heard).toEqual(['1', '2']);
  await until(() => scripted.open() === 0);
});
