import { expect, describe, test } from '@jest/globals';
import { idOf, trustedOf, type Trusted } from '../../gateway/documents/document.ts';
import { trustedDocuments, type Mode } from '../../gateway/documents/index.ts';
import { createRegister } from '../../gateway/documents/register.ts';
import { serveShop } from './served.ts';
import { codesOf, everyWay, ways } from './transports.ts';

const listed = 'query Products { products { id } }';
const other = '{ page(first: 1) { id } }';
const idOfOther = idOf(other);

/** Published documents by a fake store, whose clock stands until it is moved. */
function registerOf(own: readonly string[] = []) {
  const published = new Map<string, Trusted>();
  const looks: (readonly string[])[] = [];
  const state = { now: 0, broken: undefined as Error | undefined };
  const register = createRegister({
    own: own.map(trustedOf),
    now: () => state.now,
    find(keys) {
      looks.push(keys);
      if (state.broken) return Promise.reject(state.broken);
      return Promise.resolve(
        [...published.values()].filter(({ id, form }) => keys.includes(id) || keys.includes(form)),
      );
    },
  });
  const add = (text: string) => published.set(text, trustedOf(text));
  return { register, looks, state, published, add };
}

describe('what is published is known', () => {
  test('at once where it is our own, and nobody is asked', () => {
    const { register, looks } = registerOf([listed]);
    expect(register.get(idOf(listed))).toMatchObject({ document: listed });
    expect(looks).toEqual([]);
  });

  test('when it is asked for, and then without asking again', async () => {
    const { register, looks, add } = registerOf();
    add(other);
    expect(await register.get(idOfOther)).toMatchObject({ document: other });
    expect(register.get(idOfOther)).toMatchObject({ document: other });
    expect(looks).toHaveLength(1);
  });

  test('though it was asked for before it was published: after a second', async () => {
    const { register, add, state, looks } = registerOf();
    expect(await register.get(idOfOther)).toBeUndefined();
    add(other);
    expect(register.get(idOfOther)).toBeUndefined();
    expect(looks).toHaveLength(1);
    state.now = 1000;
    expect(await register.get(idOfOther)).toMatchObject({ document: other });
  });

  test('no longer where it was withdrawn: after a minute', async () => {
    const { register, add, state, published } = registerOf();
    add(other);
    await register.get(idOfOther);
    published.clear();
    expect(register.get(idOfOther)).toBeDefined();
    state.now = 60_000;
    expect(await register.get(idOfOther)).toBeUndefined();
  });

  test('while the store is away, if it was known; what was not known cannot be told', async () => {
    const { register, add, state } = registerOf();
    add(other);
    await register.get(idOfOther);
    state.now = 60_000;
    state.broken = new Error('away');
    expect(await register.get(idOfOther)).toMatchObject({ document: other });
    await expect(register.get(idOf('new'))).rejects.toThrow('away');
    state.broken = undefined;
    add('{ new }');
    expect(await register.get(idOf('{ new }'))).toMatchObject({ document: '{ new }' });
  });

  test('a thousand unknown ids at once are one question after another, and few of them', async () => {
    const { register, looks, add } = registerOf();
    add(other);
    const first = register.get(idOfOther);
    const rest = Array.from({ length: 900 }, async (_, i) => register.get(idOf(String(i))));
    expect(await first).toMatchObject({ document: other });
    expect(new Set(await Promise.all(rest))).toEqual(new Set([undefined]));
    expect(looks.length).toBeLessThanOrEqual(2);
  });
});

const served = (mode: Mode, told: string[] = []) => {
  const { register, state, add } = registerOf([listed]);
  const failed = (fault: unknown) => told.push(String(fault));
  return {
    add,
    state,
    textOf: trustedDocuments({ mode, register, unlisted: (id) => told.push(id), failed }),
  };
};

describe.each(everyWay)('by %s', (way) => {
  test('a published document is executed by its id, in each mode and in both notations', async () => {
    for (const mode of ['off', 'log', 'only'] as const) {
      await using door = await serveShop(served(mode));
      const id = idOf(listed);
      for (const asked of [
        { documentId: `sha256:${id}` },
        { extensions: { persistedQuery: { version: 1, sha256Hash: id } } },
        { query: listed },
        { query: '# the same\nquery   Products { products { id, } }' },
      ])
        expect(await ways[way](door.port, asked)).toMatchObject({
          data: { products: [{ id: '1' }, { id: '2' }] },
        });
      expect(door.shop.executed).toHaveLength(4);
    }
  });

  test('nothing else is executed where only published documents are', async () => {
    await using door = await serveShop(served('only'));
    for (const query of [
      other,
      '{ __typename }',
      '{ broken',
      listed.replace('id', 'name'),
      'mutation { rename(id: "1", name: "x") { id } }',
      `${listed} query B { page { id } }`,
    ]) {
      const heard = await ways[way](door.port, { query });
      expect([query, ...codesOf(heard)]).toEqual([query, 'QUERY_NOT_IN_SAFELIST']);
    }
    expect(codesOf(await ways[way](door.port, { documentId: `sha256:${idOfOther}` }))).toEqual([
      'PERSISTED_QUERY_NOT_FOUND',
    ]);
    expect(door.shop.executed).toEqual([]);
  });

  test('a document is not published by sending it with its hash', async () => {
    await using door = await serveShop(served('only'));
    const extensions = { persistedQuery: { version: 1, sha256Hash: idOfOther } };
    expect(codesOf(await ways[way](door.port, { query: other, extensions }))).toEqual([
      'QUERY_NOT_IN_SAFELIST',
    ]);
    expect(codesOf(await ways[way](door.port, { extensions }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  test('where others are only noted, each is noted once', async () => {
    const told: string[] = [];
    await using door = await serveShop(served('log', told));
    for (let i = 0; i < 2; i += 1)
      expect(await ways[way](door.port, { query: other })).toMatchObject({ data: {} });
    await ways[way](door.port, { query: listed });
    expect(told).toEqual([idOfOther]);
  });

  test('where published documents cannot be looked up, nothing that is not known is executed', async () => {
    const told: string[] = [];
    const { state, textOf } = served('only', told);
    state.broken = new Error('away');
    await using door = await serveShop({ textOf });
    const heard = await ways[way](door.port, { query: other });
    expect(codesOf(heard)).toEqual(['STORE_UNAVAILABLE']);
    expect(new Set(told)).toEqual(new Set(['Error: away']));
    expect(await ways[way](door.port, { query: listed })).toHaveProperty('data');
  });

  test.each([
    { documentId: 'sha256:abc' },
    { documentId: `md5:${'0'.repeat(64)}` },
    { documentId: 'products' },
    { query: listed, documentId: `sha256:${idOf(listed)}` },
    { extensions: { persistedQuery: { version: 1, sha256Hash: '../../etc' } } },
    {},
  ])('what names no document is refused: %j', async (asked) => {
    await using door = await serveShop(served('off'));
    expect(codesOf(await ways[way](door.port, asked))).toEqual(['BAD_REQUEST']);
  });
});
