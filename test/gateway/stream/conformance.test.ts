import { afterEach, describe, expect, test } from '@jest/globals';
import { Failure } from '../../../runtime/failure.ts';
import { client, serveFeed, transports, type Client, type Result, type ServedFeed } from './served.ts';
import { until } from './until.ts';

const changed = 'subscription { changed { position product { id units } } }';

describe.each(transports)('subscriptions over %s', (transport) => {
  let served: ServedFeed | undefined;
  const clients: Client[] = [];
  afterEach(async () => {
    for (const one of clients.splice(0)) one.end();
    await served?.[Symbol.asyncDispose]();
    served = undefined;
  });

  async function serve(...parameters: Parameters<typeof serveFeed>): Promise<ServedFeed> {
    return (served = await serveFeed(...parameters));
  }
  function connect({ url }: ServedFeed, headers: Readonly<Record<string, string>> = {}): Client {
    const one = client(transport, url, headers);
    clients.push(one);
    return one;
  }
  /** The next answer, with the errors that the protocol tells in a message of their own in their place. */
  async function next(results: AsyncIterator<Result>): Promise<Result | 'complete'> {
    try {
      const turn = await results.next();
      return turn.done ? 'complete' : turn.value;
    } catch (error) {
      if (Array.isArray(error)) return { errors: error as NonNullable<Result['errors']> };
      throw error;
    }
  }
  /** A subscriber whose source has begun. */
  async function subscribed(from: Client, { feed }: ServedFeed, query = changed, variables = {}) {
    const before = feed.begun();
    const results = from.iterate(query, variables);
    const first = next(results);
    await until(() => feed.begun() > before);
    return { results, first };
  }
  const told = (position: number, id = '1') => ({
    data: { changed: { position, product: { id, units: Number(id) * 10 } } },
  });

  test('every event arrives once, in order, with what other subgraphs know of it', async () => {
    const graph = await serve();
    const { results, first } = await subscribed(connect(graph), graph);
    for (const id of ['1', '2', '3']) graph.feed.tick(id);
    expect([await first, await next(results), await next(results)]).toEqual([
      told(1, '1'),
      told(2, '2'),
      told(3, '3'),
    ]);
  });

  test('variables, aliases and fragments are those of queries', async () => {
    const graph = await serve();
    const query = `subscription Of($id: ID, $with: Boolean!) { mine: changed(id: $id) { ...Of @include(if: $with) position } }
      fragment Of on Change { product { number: id } }`;
    const { first } = await subscribed(connect(graph), graph, query, { id: '2', with: true });
    graph.feed.tick('1');
    graph.feed.tick('2');
    expect(await first).toEqual({ data: { mine: { product: { number: '2' }, position: 2 } } });
  });

  test('an event of which a system cannot tell is told as far as others can, and the stream goes on', async () => {
    const graph = await serve();
    const { results, first } = await subscribed(connect(graph), graph);
    graph.feed.broken = new Failure('SYSTEM_UNAVAILABLE', 'The stock cannot be reached.', {
      system: 'stock',
    });
    graph.feed.tick();
    expect(await first).toEqual({
      data: { changed: { position: 1, product: { id: '1', units: null } } },
      errors: [
        {
          message: 'The stock cannot be reached.',
          path: ['changed', 'product', 'units'],
          extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'stock' },
        },
      ],
    });
    graph.feed.broken = undefined;
    graph.feed.tick();
    expect(await next(results)).toEqual(told(2));
  });

  test('a stream that ends is complete', async () => {
    const results = connect(await serve()).iterate('subscription { counted(to: 2) }');
    const all = [await next(results), await next(results), await next(results)];
    expect(all).toEqual([{ data: { counted: 1 } }, { data: { counted: 2 } }, 'complete']);
  });

  test('a stream that fails ends with the code and the cursor of the last event', async () => {
    const graph = await serve();
    const { results, first } = await subscribed(connect(graph), graph);
    graph.feed.tick();
    await first;
    graph.feed.fail(new Failure('SYSTEM_UNAVAILABLE', 'The log cannot be read.'));
    const { errors } = (await next(results)) as Result;
    expect(errors).toEqual([
      {
        message: 'The log cannot be read.',
        extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'ticker', cursor: 'at-1' },
      },
    ]);
    expect(graph.feed.live()).toBe(0);
  });

  test('a fault of ours is told as such and nothing more', async () => {
    const graph = await serve();
    const { first } = await subscribed(connect(graph), graph);
    graph.feed.fail(new Error('password=secret at /srv/log.ts:7'));
    const { errors } = (await first) as Result;
    const correlationId = expect.stringMatching(/^[\da-f-]{36}$/) as unknown;
    const extensions = { code: 'INTERNAL_SERVER_ERROR', system: 'ticker', correlationId };
    expect(errors).toEqual([{ message: 'Internal error', extensions }]);
  });

  const refusals: Readonly<Record<string, readonly [string, string]>> = {
    'what the source refuses': ['subscription { refused }', 'INVALID_CURSOR'],
    'a document that cannot be read': ['subscription {', 'GRAPHQL_PARSE_FAILED'],
    'a field that does not exist': ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    'two root fields': ['subscription { refused counted(to: 1) }', 'GRAPHQL_VALIDATION_FAILED'],
    'introspection as a source': ['subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
    'a source under a condition': ['subscription { refused @skip(if: true) }', 'GRAPHQL_VALIDATION_FAILED'],
    'variables of another type': ['subscription($to: Int!) { counted(to: $to) }', 'BAD_USER_INPUT'],
    'more aliases than there may be': [
      `subscription { changed { ${Array.from({ length: 51 }, (_, n) => `a${n}: position`).join(' ')} } }`,
      'ALIAS_LIMIT_EXCEEDED',
    ],
    'more directives than there may be': [
      `subscription { changed { ${'position @include(if: true) '.repeat(101)} } }`,
      'DIRECTIVE_LIMIT_EXCEEDED',
    ],
    'more text than is read': [
      `subscription { changed { ${'position '.repeat(5001)} } }`,
      'TOKEN_LIMIT_EXCEEDED',
    ],
    'a source that does not begin in time': ['subscription { stuck }', 'DEADLINE_EXCEEDED'],
  };
  test.each(Object.keys(refusals))('%s: told before anything is sent', async (name) => {
    const [query = '', code] = refusals[name] ?? [];
    const graph = await serve({ timeout: 100 });
    const answer = await next(connect(graph).iterate(query, { to: 'many' }));
    expect(answer).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(answer).not.toHaveProperty('data');
  });

  test('a refusal suggests no names where the schema is not to be known', async () => {
    const one = connect(await serve({ suggestions: false }));
    const { errors } = (await next(one.iterate('subscription { change { position } }'))) as Result;
    expect(errors?.[0]?.message).toMatch(/^The document is not valid for this graph; /);
  });

  test('queries and mutations work, too', async () => {
    const one = connect(await serve());
    const mutation = one.iterate('mutation { tick(id: 1) }');
    expect([await next(mutation), await next(mutation)]).toEqual([{ data: { tick: 1 } }, 'complete']);
    expect(await next(one.iterate('{ ticks }'))).toEqual({ data: { ticks: 1 } });
  });

  test('subscribers that ask the same share one execution, others do not', async () => {
    const graph = await serve();
    const same = await Promise.all(
      Array.from({ length: 5 }, () => subscribed(connect(graph, { 'x-scopes': 'b a' }), graph)),
    );
    await subscribed(connect(graph, { 'x-scopes': 'a b' }), graph);
    await subscribed(connect(graph, { 'x-scopes': 'a' }), graph);
    await subscribed(
      connect(graph, { 'x-scopes': 'a' }),
      graph,
      changed.replace('units', 'units again: units'),
    );
    await until(() => graph.feed.live() === 8);
    graph.feed.tick();
    expect(await Promise.all(same.map(({ first }) => first))).toEqual(same.map(() => told(1)));
    await until(() => graph.feed.executions.length === 3);
    const seen = graph.feed.executions.map(({ principal }) => [...principal.scopes].sort().join(' '));
    expect(seen.sort()).toEqual(['a', 'a', 'a b']);
    expect(new Set(graph.feed.executions.map(({ correlationId }) => correlationId)).size).toBe(3);
  });

  test('what only chooses events does not keep subscribers from sharing answers, what shapes answers does', async () => {
    const graph = await serve();
    const asking =
      'subscription ($id: ID, $more: Boolean!) { changed(id: $id) { product { id units @include(if: $more) } } }';
    const all = [
      ...['1', '1', '2'].map((id) => ({ id, more: true })),
      { more: true },
      { id: '1', more: false },
    ].map((variables) => connect(graph).iterate(asking, variables).next());
    await until(() => graph.feed.live() === 5);
    graph.feed.tick('1');
    graph.feed.tick('2');
    const heard = (await Promise.all(all)).map(({ value }) => value as unknown);
    const units = { data: { changed: { product: { id: '1', units: 10 } } } };
    expect(heard).toEqual([
      ...[units, units],
      { data: { changed: { product: { id: '2', units: 20 } } } },
      units,
      { data: { changed: { product: { id: '1' } } } },
    ]);
    expect(graph.feed.executions.length).toBe(2);
  });

  test('a subscriber that leaves leaves nothing behind, also where its source does not care', async () => {
    const graph = await serve();
    const one = connect(graph);
    const { results, first } = await subscribed(one, graph);
    const { results: deaf } = await subscribed(one, graph, 'subscription { deaf { position } }');
    expect(graph.door.active()).toBe(2);
    void deaf.return?.();
    void results.return?.();
    await first;
    await until(() => graph.door.active() === 0 && graph.feed.live() === 1);
    // The deaf source learns of it with its next event.
    graph.feed.tick();
    await until(() => graph.feed.live() === 0);
  });

  test('more subscriptions than one principal may have are refused, and only those', async () => {
    const graph = await serve({ streams: { perPrincipal: 2 } });
    const ours = { 'x-principal': 'ann' };
    const first = await subscribed(connect(graph, ours), graph);
    await subscribed(connect(graph, ours), graph);
    const refused = await next(connect(graph, ours).iterate(changed));
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' } }] });
    await subscribed(connect(graph, { 'x-principal': 'bob' }), graph);
    void first.results.return?.();
    await until(() => graph.door.active() === 2);
    await subscribed(connect(graph, ours), graph);
  });

  test('who stops ends every stream with the cursor to go on from', async () => {
    const graph = await serve();
    const { results, first } = await subscribed(connect(graph), graph);
    graph.feed.tick();
    await first;
    const closed = graph.listening.close();
    expect(await next(results)).toMatchObject({
      errors: [{ extensions: { code: 'SERVER_DRAINING', cursor: 'at-1' } }],
    });
    await closed;
    expect(graph.feed.live()).toBe(0);
  });

  test('each operation is told to the log once, when it is over', async () => {
    const graph = await serve();
    const headers = { 'x-correlation-id': 'order-66' };
    const { results, first } = await subscribed(connect(graph, headers), graph);
    expect(graph.answered).toEqual([]);
    graph.feed.tick();
    await first;
    void results.return?.();
    await until(() => graph.answered.length > 0);
    expect(graph.answered).toMatchObject([
      { correlationId: 'order-66', operation: { kind: 'subscription' } },
    ]);
  });
});
