import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../runtime/context.ts';
import type { Subgraph, SubgraphResult } from '../../runtime/executor.ts';
import { Failure } from '../../runtime/failure.ts';
import { aContext, graphOf, type Part } from './graph/engine.ts';

const things: Readonly<Record<string, Part>> = {
  names: {
    sdl: `
      type Query { thing(id: ID!): Thing things: [Thing!] maybe: [Thing] strict: Thing! }
      type Thing @key(fields: "id") { id: ID! name: String kind: Kind }
      type Kind { label: String }
    `,
    resolvers: {
      Query: {
        thing: (_: unknown, { id }: { id: string }) => ({ id, name: `name ${id}`, kind: { label: 'k' } }),
        things: () => ['1', '2', '3'].map((id) => ({ id, name: `name ${id}` })),
        maybe: () => [{ id: '1' }, null],
        strict: () => ({ id: '1' }),
      },
    },
  },
  sizes: {
    sdl: 'type Thing @key(fields: "id") { id: ID! size: Int parts: [Part!] label: String! factor: Int }  type Part { weight: Int! note: String }',
  },
  prices: {
    sdl: 'type Thing @key(fields: "id") { id: ID! factor: Int @external price: Int @requires(fields: "factor") tax: Int }',
    resolvers: { Thing: { price: ({ factor }: { factor?: number }) => (factor ?? 0) * 10, tax: () => 1 } },
  },
};

/** A subgraph that gives this answer whatever it is asked. */
const answering = (
  answer: (ids: string[]) => SubgraphResult | Promise<SubgraphResult>,
): { sizes: Subgraph } => ({
  sizes: {
    name: 'sizes',
    prepare: () => (variables) =>
      answer(((variables.representations ?? []) as { id: string }[]).map(({ id }) => id)),
  },
});

const down: SubgraphResult = {
  errors: [
    {
      message: 'sizes cannot be reached; try again later.',
      extensions: { code: 'SYSTEM_UNAVAILABLE', system: 'sizes', retryAfter: 3, host: '10.0.0.1' },
    },
  ],
};

describe('a subgraph that fails', () => {
  test('costs only what it was to bring: one coded error for each field, at its path in the answer', async () => {
    const { ask } = graphOf(
      things,
      answering(() => down),
    );
    const answer = await ask(
      '{ t: thing(id: "1") { n: name s: size s2: size price parts { weight } tax } things { size } }',
    );
    expect(answer.data).toEqual({
      t: { n: 'name 1', s: null, s2: null, price: null, parts: null, tax: 1 },
      things: [{ size: null }, { size: null }, { size: null }],
    });
    const extensions = { code: 'SYSTEM_UNAVAILABLE', system: 'sizes', retryAfter: 3 };
    const message = 'sizes cannot be reached; try again later.';
    const paths = [
      ['t', 's'],
      ['t', 's2'],
      ['t', 'price'],
      ['t', 'parts'],
      ['things', 0, 'size'],
      ['things', 1, 'size'],
      ['things', 2, 'size'],
    ];
    expect(answer.errors).toEqual(paths.map((path) => ({ message, extensions, path })));
  });

  test('at the root costs the fields of the root', async () => {
    const broken: Subgraph = { name: 'names', prepare: () => () => down };
    const answer = await graphOf(things, { names: broken }).ask(
      '{ a: thing(id: "1") { name } things { name } }',
    );
    expect(answer.data).toEqual({ a: null, things: null });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['a'], ['things']]);
  });

  test('costs one entity only, where only one failed', async () => {
    const { ask } = graphOf(
      things,
      answering((ids) => ({
        data: { _entities: ids.map((id) => (id === '2' ? null : { size: Number(id) })) },
        errors: [{ message: 'busy', path: ['_entities', 1], extensions: { code: 'RATE_LIMITED' } }],
      })),
    );
    const answer = await ask('{ things { id size } }');
    expect(answer.data).toEqual({
      things: [
        { id: '1', size: 1 },
        { id: '2', size: null },
        { id: '3', size: 3 },
      ],
    });
    expect(answer.errors).toEqual([
      { message: 'busy', path: ['things', 1, 'size'], extensions: { code: 'RATE_LIMITED', system: 'sizes' } },
    ]);
  });

  test('below an entity is told at its own path, and null propagates as the schema says', async () => {
    const { ask } = graphOf(
      things,
      answering(() => ({
        data: { _entities: [{ parts: null, size: 4 }] },
        errors: [{ message: 'secret', path: ['_entities', 0, 'parts', 1, 'weight'] }],
      })),
    );
    const answer = await ask('{ thing(id: "1") { p: parts { n: note w: weight } size } }');
    expect(answer.data).toEqual({ thing: { p: null, size: 4 } });
    expect(answer.errors).toEqual([
      {
        message: 'Internal error',
        path: ['thing', 'p', 1, 'w'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', system: 'sizes', correlationId: 'c' },
      },
    ]);
  });

  test('propagates null to the nearest field that may be null', async () => {
    const { ask } = graphOf(
      things,
      answering(() => down),
    );
    const answer = await ask('{ things { label } maybe { label } thing(id: "1") { name label } }');
    expect(answer.data).toEqual({ things: null, maybe: [null, null], thing: null });
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['things', 0, 'label'],
      ['maybe', 0, 'label'],
      ['thing', 'label'],
    ]);
    expect((await ask('{ strict { label } thing(id: "1") { name } }')).data).toBeNull();
  });

  test('gives an answer that is none: coded, not crashed', async () => {
    const { ask } = graphOf(
      things,
      answering(() => ({ data: { _entities: 'no list' } })),
    );
    const answer = await ask('{ thing(id: "1") { name size } }');
    expect(answer.data).toEqual({ thing: { name: 'name 1', size: null } });
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'SYSTEM_UNAVAILABLE', system: 'sizes' });
  });

  test('with a value that its type does not have: an error that does not show the value', async () => {
    const { ask } = graphOf(
      things,
      answering(() => ({ data: { _entities: [{ size: 'a secret', parts: 'none' }] } })),
    );
    const answer = await ask('{ thing(id: "1") { size parts { note } } }');
    expect(answer.data).toEqual({ thing: { size: null, parts: null } });
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['thing', 'size'],
      ['thing', 'parts'],
    ]);
    expect(JSON.stringify(answer.errors)).not.toContain('secret');
  });

  test.each([
    [
      'a code that callers know',
      new Failure('RATE_LIMITED', 'Later.', { retryAfter: 7 }),
      'Later.',
      { code: 'RATE_LIMITED', system: 'names', retryAfter: 7 },
    ],
    [
      'an unknown code',
      Object.assign(new Error('at /srv/db.js'), { extensions: { code: 'EPIPE', stack: 's' } }),
      'Internal error',
      { code: 'INTERNAL_SERVER_ERROR', system: 'names', correlationId: 'c' },
    ],
    [
      'no code',
      new Error('password=1'),
      'Internal error',
      { code: 'INTERNAL_SERVER_ERROR', system: 'names', correlationId: 'c' },
    ],
    [
      'a code of internals',
      new Failure('GRAPHQL_VALIDATION_FAILED', 'Unknown field'),
      'Internal error',
      { code: 'INTERNAL_SERVER_ERROR', system: 'names', correlationId: 'c' },
    ],
  ])('with %s: what is told of it', async (_what, fault, message, extensions) => {
    const resolvers = { Query: { thing: () => Promise.reject(fault) } };
    const { ask } = graphOf({ names: { sdl: 'type Query { thing: String }', resolvers } });
    expect((await ask('{ thing }')).errors).toEqual([{ message, extensions, path: ['thing'] }]);
  });
});

test('null without an error is null: an entity that is not there, or a value that is empty', async () => {
  const { ask } = graphOf(
    things,
    answering(() => ({ data: { _entities: [null] } })),
  );
  const answer = await ask('{ thing(id: "1") { name size parts { note } } }');
  expect(answer).toEqual({ data: { thing: { name: 'name 1', size: null, parts: null } }, refused: false });
});

test('what a system that does not answer was to bring is late when the signal says so; the rest arrives', async () => {
  const controller = new AbortController();
  const never = answering(() => {
    controller.abort();
    return new Promise<SubgraphResult>(() => undefined);
  });
  const seen: Observation[] = [];
  const context = aContext((one) => seen.push(one), controller.signal);
  const { ask } = graphOf(things, never);
  const answer = await ask('{ things { name size price } }', undefined, context);
  expect(answer.data).toEqual({
    things: ['1', '2', '3'].map((id) => ({ name: `name ${id}`, size: null, price: null })),
  });
  expect(answer.errors).toHaveLength(6);
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'DEADLINE_EXCEEDED', system: 'sizes' });
  expect(seen.map(({ system, kind, keys, failed }) => ({ system, kind, keys, failed }))).toEqual([
    { system: 'names', kind: 'fetch', keys: 1, failed: undefined },
    { system: 'sizes', kind: 'fetch', keys: 3, failed: 'DEADLINE_EXCEEDED' },
  ]);
});

test('fetches that do not wait for each other are issued in the same tick', async () => {
  const issued: string[] = [];
  const slow = (name: string, field: string): Subgraph => ({
    name,
    prepare: () => () => {
      issued.push(name);
      return new Promise((resolve) => {
        if (issued.length === 2) release();
        void released.then(() => {
          resolve({ data: { _entities: [{ [field]: 1 }] } });
        });
      });
    },
  });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const graph = graphOf(things, { sizes: slow('sizes', 'size'), prices: slow('prices', 'tax') });
  expect((await graph.ask('{ thing(id: "1") { size tax } }')).data).toEqual({ thing: { size: 1, tax: 1 } });
});
