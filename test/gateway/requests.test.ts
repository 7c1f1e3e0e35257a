import { expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { codes, post, raw, serveShop, type Got } from './served.ts';

const ok = { query: '{ __typename }' };
const json = 'content-type: application/json';
const newer = { accept: 'application/graphql-response+json' };
const line = (method: string, path = '/graphql') => [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
const preflighted = 'graphql-require-preflight: 1';

type Ask = (door: { readonly url: string; readonly port: number }) => Promise<Got>;
const posted =
  (body: unknown, headers = {}): Ask =>
  ({ url }) =>
    post(url, body, headers);
const sent =
  (head: readonly string[], body?: string | Buffer): Ask =>
  ({ port }) =>
    raw(port, head, body);
const got = (search: string): Ask => sent([...line('GET', `/graphql?${search}`), preflighted]);

/** 3 to the power of 12 aliases out of thirteen short fragments. */
const multiplied = `{...f12} fragment f0 on Query {a: __typename} ${Array.from(
  { length: 12 },
  (_, i) => `fragment f${i + 1} on Query {${`...f${i} `.repeat(3)}}`,
).join(' ')}`;

/** Each kind of bad input, with the status and the code that it gets. */
const cases: readonly (readonly [string, number, string, Ask])[] = [
  ['a body that is no JSON', 400, 'BAD_REQUEST', posted('{"query": ')],
  ['an empty body', 400, 'BAD_REQUEST', posted('')],
  ['a body that is a text', 400, 'BAD_REQUEST', posted('"{ __typename }"')],
  ['a body that is null', 400, 'BAD_REQUEST', posted('null')],
  ['a batch', 400, 'BATCHING_NOT_SUPPORTED', posted([ok, ok])],
  ['no query', 400, 'BAD_REQUEST', posted({})],
  ['an empty query', 400, 'BAD_REQUEST', posted({ query: '' })],
  ['a query that is a number', 400, 'BAD_REQUEST', posted({ query: 1 })],
  ['variables that are a list', 400, 'BAD_REQUEST', posted({ ...ok, variables: [] })],
  ['variables that are a text', 400, 'BAD_REQUEST', posted({ ...ok, variables: '{}' })],
  ['an operation name that is a number', 400, 'BAD_REQUEST', posted({ ...ok, operationName: 1 })],
  ['extensions that are a text', 400, 'BAD_REQUEST', posted({ ...ok, extensions: 'x' })],
  ['too large a body', 413, 'BODY_TOO_LARGE', posted({ ...ok, x: 'x'.repeat(200_000) })],
  [
    'a wrong content type',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    sent([...line('POST'), 'content-type: text/xml'], '<a/>'),
  ],
  [
    'another encoding',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    sent([...line('POST'), `${json}; charset=latin1`], '{}'),
  ],
  [
    'a packed body',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    sent([...line('POST'), json, 'content-encoding: gzip'], 'x'),
  ],
  ['an answer that we do not give', 406, 'NOT_ACCEPTABLE', posted(ok, { accept: 'text/html' })],
  ['an answer that is refused by q=0', 406, 'NOT_ACCEPTABLE', posted(ok, { accept: 'application/*;q=0' })],
  ['a method that we do not have', 405, 'METHOD_NOT_ALLOWED', sent(line('DELETE'))],
  [
    'a mutation by GET',
    405,
    'METHOD_NOT_ALLOWED',
    got('query=mutation%7Brename(id:1,name:%22x%22)%7Bid%7D%7D'),
  ],
  ['a GET without a query', 400, 'BAD_REQUEST', got('operationName=A')],
  ['a GET with two queries', 400, 'BAD_REQUEST', got('query=%7B__typename%7D&query=%7B__typename%7D')],
  ['a GET with broken variables', 400, 'BAD_REQUEST', got('query=%7B__typename%7D&variables=%7B')],
  ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', posted({ query: '{' }, newer)],
  ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', posted({ query: '{ nothing }' }, newer)],
  [
    'an unknown operation name',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    posted({ ...ok, operationName: 'B' }, newer),
  ],
  [
    'a missing operation name',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    posted({ query: 'query A{__typename} query B{__typename}' }, newer),
  ],
  [
    'a wrong variable',
    400,
    'BAD_USER_INPUT',
    posted({ query: 'query($id: ID!){product(id:$id){id}}', variables: { id: {} } }, newer),
  ],
  [
    'a missing variable',
    400,
    'BAD_USER_INPUT',
    posted({ query: 'query($id: ID!){product(id:$id){id}}' }, newer),
  ],
  [
    'too deep a query',
    400,
    'DEPTH_LIMIT_EXCEEDED',
    posted({ query: `{${'a{'.repeat(20)}b${'}'.repeat(20)}}` }, newer),
  ],
  [
    'too many aliases',
    400,
    'ALIAS_LIMIT_EXCEEDED',
    posted({ query: `{${Array.from({ length: 60 }, (_, i) => `a${i}:__typename`).join(' ')}}` }, newer),
  ],
  [
    'too many root fields',
    400,
    'ROOT_FIELD_LIMIT_EXCEEDED',
    posted({ query: `{${'__typename '.repeat(30)}}` }, newer),
  ],
  [
    'too many directives',
    400,
    'DIRECTIVE_LIMIT_EXCEEDED',
    posted({ query: `{__typename${' @a'.repeat(200)}}` }, newer),
  ],
  ['too many tokens', 400, 'TOKEN_LIMIT_EXCEEDED', posted({ query: `{${'a '.repeat(6000)}}` }, newer)],
  ['fragments that multiply', 400, 'ALIAS_LIMIT_EXCEEDED', posted({ query: multiplied }, newer)],
];

test.each(cases)('bad input gets its status and its code: %s', async (_name, status, code, ask) => {
  await using door = await serveShop();
  const answer = await ask(door);
  expect(answer.status).toBe(status);
  expect(codes(answer)).toContain(code);
  expect(answer.body).not.toContain('"data"');
  expect(answer.headers['x-correlation-id']).toBeDefined();
  expect(door.shop.executed).toEqual([]);
  expect(door.answered).toHaveLength(1);
  expect(door.answered[0]).toMatchObject({ status, code: codes(answer)[0] });
});

test('a client that sends far too much is told so', async () => {
  await using door = await serveShop();
  const answer = await post(door.url, { ...ok, x: 'x'.repeat(8_000_000) });
  expect(answer.status).toBe(413);
});

test('a body without end is not read without end', async () => {
  await using door = await serveShop();
  const socket = connect(door.port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
  socket.write(`${[...line('POST'), json, 'transfer-encoding: chunked'].join('\r\n')}\r\n\r\n`);
  const chunk = Buffer.from(`100000\r\n${'x'.repeat(0x100000)}\r\n`);
  let sent = 0;
  const more = (): void => {
    while (!socket.destroyed && sent < 200 && socket.write(chunk)) sent += 1;
    sent += 1;
  };
  socket.on('drain', more);
  more();
  await closed;
  expect(sent).toBeLessThan(200);
});

test('an unknown id is null, not an error', async () => {
  await using door = await serveShop();
  const answer = await post(door.url, { query: '{ product(id: "9") { id name } }' });
  expect(JSON.parse(answer.body)).toEqual({ data: { product: null } });
});

test.each([
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
  ['application/graphql-response+json;q=0.5, application/json', 'application/json'],
  ['application/json, text/plain, */*', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*;q=0.1', 'application/json'],
  ['text/html, */*;q=0.1', 'application/json'],
  ['application/json;q=0, application/graphql-response+json;q=0.001', 'application/graphql-response+json'],
  ['application/json;q=0, */*', 'application/graphql-response+json'],
])('the answer to "accept: %s" is %s', async (accept, type) => {
  await using door = await serveShop();
  const answer = await post(door.url, ok, { accept });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
});

test('a document that is refused is 200 for the older media type, as clients of it expect', async () => {
  await using door = await serveShop();
  expect((await post(door.url, { query: '{ nothing }' })).status).toBe(200);
});

test('without introspection neither the schema nor a guess is answered', async () => {
  await using door = await serveShop({ introspection: false });
  const wrong = await post(door.url, {
    query: '{ __schema { types { name } } a: __type(name: "Product") { name } }',
  });
  expect(new Set(codes(wrong))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
  expect(wrong.body).not.toContain('"data"');
  for (const query of [
    '{ produc { id } }',
    '{ products(orde: NAME) { id } }',
    '{ products(order: PRIC) { id } }',
    '{ products { nam } }',
  ]) {
    expect((await post(door.url, { query })).body).not.toContain('Did you mean');
  }
  const value = { query: 'query($o: Order) { products(order: $o) { id } }', variables: { o: 'NAM' } };
  expect((await post(door.url, value)).body).not.toContain('Did you mean');
});

test('a client is told a guess where introspection is on', async () => {
  await using door = await serveShop();
  expect((await post(door.url, { query: '{ produc { id } }' })).body).toContain('Did you mean');
});
