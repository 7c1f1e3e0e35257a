import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createAdmission } from '../../gateway/admission.ts';
import { codes, raw, serveShop, type Served } from './served.ts';
import { codesOf, everyWay, ways, type Asked } from './transports.ts';

const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const multiplied = (leaf: string, levels: number): string =>
  `{ products { ...f${levels} } } fragment f0 on Product { ${leaf} } ${times(
    levels,
    (i) => `fragment f${i + 1} on Product { ${`...f${i} `.repeat(3)} }`,
  )}`;

/** Each of them small to send, and each refused before anybody is asked. */
const bombs: readonly (readonly [name: string, code: string, asked: Asked])[] = [
  ['levels of fields', 'DEPTH_LIMIT_EXCEEDED', { query: `{ ${'a { '.repeat(20)} b ${'} '.repeat(20)} }` }],
  [
    'aliases',
    'ALIAS_LIMIT_EXCEEDED',
    { query: `{ product(id: "1") { ${times(60, (i) => `a${i}: name`)} } }` },
  ],
  ['aliases out of fragments', 'ALIAS_LIMIT_EXCEEDED', { query: multiplied('a: name', 5) }],
  ['fields out of fragments', 'FIELD_LIMIT_EXCEEDED', { query: multiplied('name', 12) }],
  ['root fields', 'ROOT_FIELD_LIMIT_EXCEEDED', { query: `{ ${times(30, () => 'products { id }')} }` }],
  [
    'directives',
    'DIRECTIVE_LIMIT_EXCEEDED',
    { query: `{ products { name ${'@include(if: true) '.repeat(200)} } }` },
  ],
  ['tokens', 'TOKEN_LIMIT_EXCEEDED', { query: `{ ${'a '.repeat(6000)} }` }],
  [
    'the same field again and again',
    'TOKEN_LIMIT_EXCEEDED',
    { query: `{ products { ${'id '.repeat(5000)} } }` },
  ],
  [
    'fragments in a circle',
    'GRAPHQL_VALIDATION_FAILED',
    { query: '{ products { ...a } } fragment a on Product { ...b } fragment b on Product { ...a }' },
  ],
  [
    'introspection in a circle',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} } '.repeat(8)} } } }` },
  ],
  ['long lists', 'COST_LIMIT_EXCEEDED', { query: `{ ${times(15, () => 'products { id name }')} }` }],
  [
    'a long list that a variable asks for',
    'COST_LIMIT_EXCEEDED',
    { query: 'query($n: Int) { page(first: $n) { id } }', variables: { n: 1000 } },
  ],
  [
    'a long list by the default of a variable',
    'COST_LIMIT_EXCEEDED',
    { query: 'query($n: Int = 1000) { page(first: $n) { id } }' },
  ],
  [
    'a list that is less than none, to pay for a long one',
    'COST_LIMIT_EXCEEDED',
    { query: '{ page(first: 1000) { id } b: page(first: -1000) { id } }' },
  ],
];

let door: Served;
beforeAll(async () => {
  door = await serveShop({ admit: createAdmission({ costLimit: 100, costBudget: 0 }) });
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
});

describe.each(everyWay)('by %s', (way) => {
  test.each(bombs)('%s: refused with %s, and nobody is asked', async (_name, code, asked) => {
    const heard = await ways[way](door.port, asked);
    expect(new Set(codesOf(heard))).toEqual(new Set([code]));
    expect(heard.data).toBeUndefined();
    expect(heard.status ?? 400).toBe(way === 'SSE' ? 200 : 400);
    expect(door.shop.executed).toEqual([]);
  });

  test('what is within the limits is answered', async () => {
    const heard = await ways[way](door.port, {
      query: 'query($n: Int) { page(first: $n) { id } }',
      variables: { n: 99 },
    });
    expect(heard).toMatchObject({ data: { page: [{ id: '1' }, { id: '2' }] } });
    expect(door.shop.executed.splice(0)).toEqual(['page']);
  });
});

test.each([
  [
    'many operations',
    [{ query: '{ products { id } }' }, { query: '{ products { id } }' }],
    400,
    'BATCHING_NOT_SUPPORTED',
    4400,
  ],
  ['a large body', { query: '{ products { id } }', x: 'x'.repeat(200_000) }, 413, 'BODY_TOO_LARGE', 1009],
])(
  '%s in one message are refused by each way that takes messages',
  async (_name, message, status, code, close) => {
    const body = JSON.stringify(message);
    for (const accept of ['application/json', 'text/event-stream']) {
      const got = await raw(
        door.port,
        ['POST /graphql HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json', `accept: ${accept}`],
        body,
      );
      expect([got.status, codes(got)]).toEqual([status, [code]]);
    }
    const ws = new WebSocket(`ws://127.0.0.1:${door.port}/graphql`, 'graphql-transport-ws');
    ws.on('error', () => undefined);
    await once(ws, 'open');
    ws.send('{"type":"connection_init"}');
    await once(ws, 'message');
    ws.send(body);
    const [closed] = (await once(ws, 'close')) as [number];
    expect(closed).toBe(close);
    expect(door.shop.executed).toEqual([]);
  },
);
