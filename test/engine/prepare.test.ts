import { describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { aContext, graphOf } from './graph/engine.ts';

const echo = {
  a: {
    sdl: `
      type Query { echo(text: String = "none", n: Int, list: [Int!], input: In, kind: Kind): String toString: T constructor: T }
      input In { a: Int = 3 b: [String!] again: In }
      enum Kind { ONE TWO }
      type T @key(fields: "id") { id: ID! constructor: String }
      type Mutation { touch: Boolean }
      type Subscription { ticks: Int }
    `,
    resolvers: {
      Query: {
        echo: (_: unknown, given: object) => JSON.stringify(given),
        toString: () => ({ id: '1' }),
        constructor: () => ({ id: '1', constructor: 'c' }),
      },
    },
  },
  b: { sdl: 'type T @key(fields: "id") { id: ID! valueOf: String }' },
};

const { engine, ask, calls } = graphOf(echo, {}, { limits: { fields: 50, tokens: 200 } });

const refusal = (document: string, name?: string): unknown => {
  const prepared = engine.prepare(document, name);
  return 'errors' in prepared
    ? [prepared.status, ...prepared.errors.map(({ extensions }) => extensions.code)]
    : prepared;
};

describe('a document is refused before anything is asked', () => {
  test.each([
    ['cut short', '{ echo', 'GRAPHQL_PARSE_FAILED'],
    ['too long', `{ ${'echo '.repeat(201)} }`, 'TOKEN_LIMIT_EXCEEDED'],
    ['with an unknown field', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with an alias that is no name for a property', '{ __proto__: echo }', 'GRAPHQL_VALIDATION_FAILED'],
    ['without the operation that is named', 'query A { echo }', 'OPERATION_RESOLUTION_FAILURE'],
    ['with a subscription', 'subscription { ticks }', 'OPERATION_RESOLUTION_FAILURE'],
    [
      'with fragments that multiply',
      '{ ...A } fragment A on Query { ...B b: echo } fragment B on Query { ...C } fragment C on Query { echo toString { ...D } constructor { ...D } } fragment D on T { ...E ...F } fragment E on T { id a: id b: id c: id d: id e: id f: id g: id h: id i: id j: id k: id l: id m: id } fragment F on T { n: id o: id p: id q: id r: id s: id t: id u: id v: id w: id x: id y: id z: id }',
      'FIELD_LIMIT_EXCEEDED',
    ],
  ])('%s', (_what, document, code) => {
    expect(refusal(document, code === 'OPERATION_RESOLUTION_FAILURE' ? 'B' : undefined)).toEqual(
      expect.arrayContaining([400, code]),
    );
  });

  test('with several operations and no name; with a name it is the one that runs', async () => {
    const document = 'query A { a: echo } query B { b: echo }';
    expect(refusal(document)).toEqual([400, 'OPERATION_RESOLUTION_FAILURE']);
    const prepared = engine.prepare(document, 'B');
    if ('errors' in prepared) throw new Error('It is there.');
    expect(prepared).toMatchObject({ kind: 'query', name: 'B' });
    expect(await prepared.run(null, aContext())).toEqual({
      body: '{"data":{"b":"{\\"text\\":\\"none\\"}"}}',
      personal: [],
    });
  });

  test("by a rule of its owner, with the rule's own code", () => {
    const strict = graphOf(
      echo,
      {},
      {
        rules: [
          (context) => ({
            OperationDefinition() {
              context.reportError(
                new GraphQLError('Too deep.', { extensions: { code: 'DEPTH_LIMIT_EXCEEDED' } }),
              );
            },
          }),
        ],
      },
    );
    expect(strict.engine.prepare('{ echo }')).toEqual({
      status: 400,
      errors: [{ message: 'Too deep.', extensions: { code: 'DEPTH_LIMIT_EXCEEDED' } }],
    });
  });
});

describe('variables', () => {
  test.each([
    ['of another type', 'query ($n: Int) { echo(n: $n) }', { n: 'x' }],
    ['missing', 'query ($n: Int!) { echo(n: $n) }', {}],
    ['null where there must be a value', 'query ($n: Int!) { echo(n: $n) }', { n: null }],
    ['that are a list', 'query ($n: Int) { echo(n: $n) }', []],
    ['that are text', 'query ($n: Int) { echo(n: $n) }', 'n'],
    ['with an unknown field of an input', 'query ($i: In) { echo(input: $i) }', { i: { z: 1 } }],
    ['with an unknown value of an enum', 'query ($k: Kind) { echo(kind: $k) }', { k: 'THREE' }],
    ['too large for an integer', 'query ($n: Int) { echo(n: $n) }', { n: 2 ** 31 }],
  ])('%s are refused, and nothing is asked', async (_what, document, variables) => {
    calls.length = 0;
    const answer = await ask(document, variables);
    expect(answer).toMatchObject({ refused: true, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect('data' in answer).toBe(false);
    expect(calls).toEqual([]);
  });

  test.each([
    ['a default of the argument', 'query ($t: String) { echo(text: $t) }', {}, { text: 'none' }],
    ['null instead of the default', 'query ($t: String) { echo(text: $t) }', { t: null }, { text: null }],
    ['a default of the variable', 'query ($t: String = "x") { echo(text: $t) }', {}, { text: 'x' }],
    ['one value as a list', 'query ($l: [Int!]) { echo(list: $l) }', { l: 1 }, { text: 'none', list: [1] }],
    [
      'defaults inside an input',
      'query ($i: In) { echo(input: $i) }',
      { i: { again: {} } },
      { text: 'none', input: { a: 3, again: { a: 3 } } },
    ],
    [
      'one inside a literal',
      'query ($a: Int, $b: String!) { echo(input: {a: $a, b: [$b]}) }',
      { b: 'q' },
      { text: 'none', input: { a: 3, b: ['q'] } },
    ],
    [
      'names that objects inherit',
      'query ($toString: String) { echo(text: $toString) }',
      {},
      { text: 'none' },
    ],
  ])('%s', async (_what, document, variables, expected) => {
    const { data } = await ask(document, variables);
    expect(JSON.parse((data as { echo: string }).echo)).toEqual(expected);
  });

  test('reach a subgraph only where it uses them', async () => {
    calls.length = 0;
    await ask('query ($t: String, $n: Boolean!) { echo(text: $t) @include(if: $n) toString { id } }', {
      t: 'x',
      n: true,
    });
    expect(calls[0]?.variables).toEqual({ t: 'x' });
  });
});

test('names that objects inherit are names like others, and null where they are missing', async () => {
  expect((await ask('{ constructor { constructor id } toString { constructor valueOf: id } }')).data).toEqual(
    {
      constructor: { constructor: 'c', id: '1' },
      toString: { constructor: null, valueOf: '1' },
    },
  );
});

test('an operation is prepared once, and can be explained', () => {
  const document = '{ toString { id valueOf } }';
  const prepared = engine.prepare(document);
  expect(engine.prepare(document)).toBe(prepared);
  if ('errors' in prepared) throw new Error('It is valid.');
  expect(prepared.explain()).toMatchObject({
    kind: 'sequence',
    steps: [
      { kind: 'fetch', system: 'a' },
      { kind: 'fetch', system: 'b', path: 'toString' },
    ],
  });
});
