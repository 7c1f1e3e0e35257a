import { expect, test } from '@jest/globals';
import { codes, raw, serveShop } from './served.ts';

const host = 'host: 127.0.0.1';
const mutation = JSON.stringify({ query: 'mutation { rename(id: "1", name: "x") { id } }' });
const query = 'query=%7B%20products%20%7B%20id%20%7D%20%7D';
const get = `GET /graphql?${query} HTTP/1.1`;
const post = 'POST /graphql HTTP/1.1';
const multipart = '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--\r\n';

/** What a page of another site can make a browser send without asking first: navigation, img, script, form, fetch. */
const shapes: readonly (readonly [string, readonly string[], string])[] = [
  ['a link or an address bar', [get, host, 'accept: text/html,*/*;q=0.8'], ''],
  [
    'an image',
    [
      get,
      host,
      'accept: image/avif,image/webp,*/*;q=0.8',
      'sec-fetch-site: cross-site',
      'sec-fetch-mode: no-cors',
    ],
    '',
  ],
  ['a script', [get, host, 'accept: */*', 'referer: https://evil.example/'], ''],
  [
    'a fetch across sites',
    [get, host, 'accept: application/json', 'sec-fetch-site: cross-site', 'sec-fetch-mode: cors'],
    '',
  ],
  [
    'a fetch from a sibling site',
    [get, host, 'accept: */*', 'sec-fetch-site: same-site', 'sec-fetch-mode: cors'],
    '',
  ],
  [
    'a fetch with a chosen Accept',
    [get, host, 'accept: application/graphql-response+json', 'origin: https://evil.example'],
    '',
  ],
  ['an empty header that would need a preflight', [get, host, 'apollo-require-preflight:'], ''],
  ['a form, urlencoded', [post, host, 'content-type: application/x-www-form-urlencoded'], query],
  ['a form, multipart', [post, host, 'content-type: multipart/form-data; boundary=x'], multipart],
  ['a form, text/plain', [post, host, 'content-type: text/plain'], mutation],
  [
    'text/plain with JSON in a parameter',
    [post, host, 'content-type: text/plain; application/json'],
    mutation,
  ],
  ['no content type', [post, host], mutation],
];

test.each(shapes)('a request that needs no preflight is not executed: %s', async (_name, head, body) => {
  await using door = await serveShop();
  const got = await raw(door.port, head, body);
  expect([400, 415]).toContain(got.status);
  expect(got.headers['access-control-allow-origin']).toBeUndefined();
  expect(door.shop.executed).toEqual([]);
});

test.each(shapes.filter(([, head]) => head[0] === get))(
  'nor is it by its id, nor answered with a stream: %s',
  async (_name, [, ...head]) => {
    await using door = await serveShop({ textOf: () => '{ products { id } }' });
    const id = `documentId=sha256:${'0'.repeat(64)}`;
    for (const [search, more] of [
      [id, []],
      [query, ['accept: text/event-stream']],
    ] as const) {
      const kept = more.length === 0 ? head : head.filter((line) => !line.startsWith('accept'));
      const got = await raw(door.port, [`GET /graphql?${search} HTTP/1.1`, ...kept, ...more]);
      expect(got.status).toBe(400);
      expect(codes(got)).toEqual(['CSRF_PREVENTED']);
    }
    expect(door.shop.executed).toEqual([]);
  },
);

test('what a page of another site could not have read it cannot load, nor tell from something else', async () => {
  await using door = await serveShop();
  const load = (search: string) =>
    raw(door.port, [
      `GET /graphql?${search} HTTP/1.1`,
      host,
      'sec-fetch-site: cross-site',
      'sec-fetch-mode: no-cors',
    ]);
  const got = [];
  // One that is there, one that is not, and one that cannot be read.
  for (const id of ['1', '9', '"']) {
    const { status, headers, body } = await load(
      `query=${encodeURIComponent(`{ product(id: "${id}") { name } }`)}`,
    );
    got.push({ status, body, headers: { ...headers, 'x-correlation-id': '', date: '' } });
  }
  expect(new Set(got.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(got[0]?.headers).toMatchObject({
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(door.shop.executed).toEqual([]);
});

test('there are twelve such shapes', () => {
  expect(shapes).toHaveLength(12);
});

test.each([
  ['a header that needs a preflight', ['graphql-require-preflight: 1']],
  ['the same by another name', ['apollo-require-preflight: true']],
  ['our own page', ['sec-fetch-site: same-origin', 'sec-fetch-mode: cors']],
  ['a program', ['sec-fetch-mode: cors']],
])('a GET request is executed with %s', async (_name, proof) => {
  await using door = await serveShop();
  const got = await raw(door.port, [get, host, ...proof]);
  expect(got.status).toBe(200);
  expect(door.shop.executed).toEqual(['products']);
});

test('a preflight is refused, and granted to an allowed origin only', async () => {
  await using door = await serveShop({ origins: ['https://app.example'] });
  const ask = (origin: string) => raw(door.port, ['OPTIONS /graphql HTTP/1.1', host, `origin: ${origin}`]);
  const granted = await ask('https://app.example');
  expect(granted.status).toBe(204);
  expect(granted.headers['access-control-allow-origin']).toBe('https://app.example');
  expect(granted.headers.vary).toBe('origin');
  for (const origin of [
    'https://evil.example',
    'null',
    'https://app.example.evil.example',
    'http://app.example',
  ]) {
    const refused = await ask(origin);
    expect(refused.status).toBe(403);
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('only an allowed origin may read an answer', async () => {
  await using door = await serveShop({ origins: ['https://app.example'] });
  const ask = (origin: string) =>
    raw(door.port, [get, host, 'graphql-require-preflight: 1', `origin: ${origin}`]);
  const allowed = await ask('https://app.example');
  expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example');
  expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
  const other = await ask('https://evil.example');
  expect(other.headers['access-control-allow-origin']).toBeUndefined();
});

test.each([
  ['http', 403],
  ['HTTP, https', 403],
  ['ws', 403],
  ['https', 200],
  ['https,http', 200],
])('behind a proxy that ends TLS, what came in by %s is answered with %i', async (proto, status) => {
  await using door = await serveShop({ behindProxy: true });
  const forwarded = ['graphql-require-preflight: 1', `x-forwarded-proto: ${proto}`];
  expect((await raw(door.port, [get, host, ...forwarded])).status).toBe(status);
});

test('without a proxy nobody is asked how it came, and behind one it may be called directly', async () => {
  await using door = await serveShop();
  const forwarded = ['graphql-require-preflight: 1', 'x-forwarded-proto: http'];
  expect((await raw(door.port, [get, host, ...forwarded])).status).toBe(200);
  await using behind = await serveShop({ behindProxy: true });
  expect((await raw(behind.port, [get, host, 'graphql-require-preflight: 1'])).status).toBe(200);
});

test('a name that was pointed at this machine is refused on the loopback interface', async () => {
  const { loopbackHosts } = await import('../../gateway/server.ts');
  await using door = await serveShop({ hosts: loopbackHosts, graphiql: { examples: [] } });
  const paths = [`/graphql?${query}`, '/graphiql', '/'];
  const ask = (path: string, name: string) =>
    raw(door.port, [`GET ${path} HTTP/1.1`, `host: ${name}`, 'graphql-require-preflight: 1']);
  for (const path of paths) {
    for (const name of [
      'evil.example',
      'evil.example:4000',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '',
    ]) {
      expect((await ask(path, name)).status).toBe(403);
    }
    for (const name of ['localhost', 'LOCALHOST:4000', '127.0.0.1:80', '[::1]', '[::1]:4000']) {
      expect([200, 302]).toContain((await ask(path, name)).status);
    }
  }
  expect(door.shop.executed).toHaveLength(5);
});
