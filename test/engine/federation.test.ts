import { describe, expect, test } from '@jest/globals';
import { books } from './graph/books.ts';
import { graphOf } from './graph/engine.ts';

const data = async (document: string, variables?: object): Promise<unknown> => {
  const answer = await graphOf(books).ask(document, variables);
  return answer.errors ?? answer.data;
};

describe('entities', () => {
  test('are completed from several subgraphs, by simple and by compound nested keys', async () => {
    expect(await data('{ book(id: "1") { title amount stars } }')).toEqual({
      book: { title: 'One', amount: 5, stars: 4 },
    });
  });

  test('that are equal are asked for once', async () => {
    const graph = graphOf(books);
    const twice = '{ books { amount } shelves { amount } }';
    const { data: answer } = await graph.ask(twice);
    expect(answer).toEqual({
      books: [{ amount: 5 }, { amount: 0 }],
      shelves: [[{ amount: 5 }, null], null, [{ amount: 0 }]],
    });
    const asked = graph.calls.filter(({ system }) => system === 'stock').map(({ variables }) => variables);
    expect(JSON.stringify(asked).match(/"id":"1"/g)).toHaveLength(asked.length);
  });

  test('that are not there in a system have null there, and no error', async () => {
    expect(await data('{ book(id: "9") { title amount } me { name } }')).toEqual({
      book: null,
      me: { name: 'Ann' },
    });
  });

  test('are found through a subgraph that knows both keys', async () => {
    expect(await data('{ reviews { book { amount title stars } } }')).toEqual({
      reviews: [{ book: { amount: 0, title: 'Two', stars: 3 } }],
    });
  });
});

describe('directives of federation', () => {
  test('@requires: the subgraph that computes is told what it needs, inaccessible fields too', async () => {
    const graph = graphOf(books);
    const { data: answer } = await graph.ask('{ reviews { book { shipping(zone: "EU") s: shipping } } }');
    expect(answer).toEqual({ reviews: [{ book: { shipping: '200 to EU', s: '200 to here' } }] });
    expect(graph.calls.at(-1)?.variables).toEqual({
      representations: [{ __typename: 'Book', id: '2', weight: 200 }],
    });
  });

  test('@provides: what a path provides is not fetched elsewhere', async () => {
    const graph = graphOf(books);
    const { data: answer } = await graph.ask('{ reviews { author { name } } }');
    expect(answer).toEqual({ reviews: [{ author: { name: 'Ann' } }] });
    expect(graph.calls.map(({ system }) => system)).toEqual(['reviews']);
  });

  test('@interfaceObject: fields of an interface for all its types, and types for its objects', async () => {
    expect(await data('{ media { __typename praise ... on Film { minutes } } }')).toEqual({
      media: [
        { __typename: 'Book', praise: 'praise of 1' },
        { __typename: 'Film', praise: 'praise of 3', minutes: 90 },
      ],
    });
    expect(await data('{ reviews { media { praise __typename title ... on Film { minutes } } } }')).toEqual({
      reviews: [{ media: { praise: 'praise of 3', __typename: 'Film', title: 'Three', minutes: 90 } }],
    });
    expect(await data('{ reviews { media { ... on Film { id } ... on Book { isbn } } } }')).toEqual({
      reviews: [{ media: { id: '3' } }],
    });
  });

  test('@inaccessible: hidden from the schema, and a hidden enum value does not leak', async () => {
    const { ask } = graphOf(books);
    expect((await ask('{ book(id: "1") { weight } }')).refused).toBe(true);
    const { data: answer, errors } = await ask('{ book(id: "2") { kind } }');
    expect(answer).toEqual({ book: { kind: null } });
    expect(JSON.stringify(errors)).not.toContain('SECRET');
    expect(errors?.[0]).toMatchObject({
      path: ['book', 'kind'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(await data('{ __type(name: "Kind") { enumValues { name } } }')).toEqual({
      __type: { enumValues: [{ name: 'NOVEL' }, { name: 'ESSAY' }] },
    });
  });

  test.each([
    [new Set<string>(), 99, 'old'],
    [new Set<string>(), 10, 'new'],
  ])('@override with a percentage: labels %p at %d', async (labels, percentage, owner) => {
    const parts = {
      a: {
        sdl: 'type Query { t: T } type T @key(fields: "id") { id: ID! f: String }',
        resolvers: { Query: { t: () => ({ id: '1', f: 'old' }) } },
      },
      b: {
        sdl: 'type T @key(fields: "id") { id: ID! f: String @override(from: "a", label: "percent(50)") }',
        resolvers: { T: { f: () => 'new' } },
      },
    };
    const graph = graphOf(parts, {}, { overrides: () => ({ labels, percentage }) });
    expect((await graph.ask('{ t { f } }')).data).toEqual({ t: { f: owner } });
  });

  test('@override: the new owner answers, a labelled one only when its label is on', async () => {
    const parts = (label: string): Parameters<typeof graphOf>[0] => ({
      a: {
        sdl: 'type Query { t: T } type T @key(fields: "id") { id: ID! f: String }',
        resolvers: { Query: { t: () => ({ id: '1', f: 'old' }) } },
      },
      b: {
        sdl: `type T @key(fields: "id") { id: ID! f: String @override(from: "a"${label}) }`,
        resolvers: { T: { f: () => 'new' } },
      },
    });
    const asked = async (label: string, ...on: string[]): Promise<unknown> => {
      const overrides = (): { labels: Set<string>; percentage: number } => ({
        labels: new Set(on),
        percentage: 0,
      });
      return (await graphOf(parts(label), {}, { overrides }).ask('{ t { f } }')).data;
    };
    expect(await asked('')).toEqual({ t: { f: 'new' } });
    expect(await asked(', label: "moving"')).toEqual({ t: { f: 'old' } });
    expect(await asked(', label: "moving"', 'moving')).toEqual({ t: { f: 'new' } });
  });
});

describe('the answer', () => {
  test("has the client's aliases, also where they are names of other fields", async () => {
    expect(
      await data(
        'query ($u: Boolean!) { b: book(id: "1") { id: title isbn: amount a: title(upper: $u) title(upper: false) stars } }',
        {
          u: true,
        },
      ),
    ).toEqual({ b: { id: 'One', isbn: 5, a: 'ONE', title: 'One', stars: 4 } });
  });

  test('keeps two names of one object apart', async () => {
    expect(
      await data('{ a: book(id: "1") { title } b: book(id: "1") { amount } c: book(id: "2") { amount } }'),
    ).toEqual({
      a: { title: 'One' },
      b: { amount: 5 },
      c: { amount: 0 },
    });
  });

  test('follows unions, fragments and lists of lists', async () => {
    expect(
      await data(
        '{ search { __typename ...N ... on Book { amount } } shelves { ...B } } fragment N on Note { text } fragment B on Book { id stars }',
      ),
    ).toEqual({
      search: [{ __typename: 'Note', text: 'a "note"\n' }, { __typename: 'Book', amount: 5 }, null],
      shelves: [[{ id: '1', stars: 4 }, null], null, [{ id: '2', stars: 3 }]],
    });
  });

  test.each([
    [true, true, { book: { title: 'One', amount: 5 } }, ['catalog', 'stock']],
    [true, false, { book: { title: 'One' } }, ['catalog']],
    [false, true, { book: { amount: 5 } }, ['catalog', 'stock']],
    [false, false, { book: {} }, ['catalog']],
  ])(
    'follows @include(if: %p) and @skip(if: not %p), and asks nobody for what is left out',
    async (a, b, expected, systems) => {
      const graph = graphOf(books);
      const { data: answer } = await graph.ask(
        'query ($a: Boolean!, $b: Boolean!) { book(id: "1") { title @include(if: $a) ...S @skip(if: $b) } } fragment S on Book { amount }',
        { a, b: !b },
      );
      expect(answer).toEqual(expected);
      expect(graph.calls.map(({ system }) => system)).toEqual(systems);
    },
  );

  test('mixes introspection with the rest', async () => {
    expect(
      await data(
        'query ($n: String!) { __typename s: __schema { queryType { name } } me { name } __type(name: $n) { ...T } } fragment T on __Type { kind }',
        { n: 'Book' },
      ),
    ).toEqual({
      __typename: 'Query',
      s: { queryType: { name: 'Query' } },
      me: { name: 'Ann' },
      __type: { kind: 'OBJECT' },
    });
  });

  test('of a mutation comes field by field: each is complete before the next begins', async () => {
    const graph = graphOf(books);
    const { data: answer } = await graph.ask(
      'mutation { a: restock(id: "1", amount: 7) { title amount } rename(id: "1", title: "Uno") { amount title } b: restock(id: "1", amount: 8) { title amount } c: restock(id: "1", amount: 8) { amount } }',
    );
    expect(answer).toEqual({
      a: { title: 'One', amount: 7 },
      rename: { amount: 7, title: 'Uno' },
      b: { title: 'Uno', amount: 8 },
      c: { amount: 8 },
    });
    expect(Object.keys(answer as object)).toEqual(['a', 'rename', 'b', 'c']);
    await graph.ask('mutation { rename(id: "1", title: "One") { id } }');
  });
});
