import { expect, test } from '@jest/globals';
import { GraphQLSchema } from 'graphql';
import { once } from 'node:events';
import { codes, post, serveShop } from './served.ts';

const products = { query: 'query Products { products { name units } }' };

test('an answer is explained on request: plan, systems, times and how fresh it is', async () => {
  await using door = await serveShop();
  for (const [body, headers] of [
    [products, { 'x-explain': '1' }],
    [{ ...products, extensions: { explain: true } }, {}],
  ] as const) {
    const before = Date.now();
    const answer = JSON.parse((await post(door.url, body, headers)).body) as {
      data: unknown;
      extensions: {
        explain: { took: number; systems: string[]; calls: { readAt: string }[]; plan: unknown };
      };
    };
    expect(answer.data).toMatchObject({ products: [{ name: 'Chai', units: 10 }, { name: 'Tofu' }] });
    const { explain } = answer.extensions;
    expect(explain.systems).toEqual(['catalog', 'stock']);
    expect(explain.calls).toMatchObject([
      { system: 'catalog', kind: 'fetch' },
      { system: 'stock', kind: 'fetch', keys: 2 },
    ]);
    for (const { readAt } of explain.calls) {
      expect(Date.parse(readAt)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(readAt)).toBeLessThanOrEqual(Date.now());
    }
    expect(explain.plan).toMatchObject({
      kind: 'sequence',
      steps: [
        { kind: 'fetch', system: 'catalog' },
        { kind: 'fetch', system: 'stock', path: 'products.@' },
      ],
    });
  }
});

test('nothing is explained unasked, nor where the variables were refused', async () => {
  await using door = await serveShop();
  expect((await post(door.url, products)).body).not.toContain('extensions');
  const wrong = { query: 'query($id: ID!) { product(id: $id) { id } }', variables: { id: [] } };
  expect((await post(door.url, wrong, { 'x-explain': '1' })).body).not.toContain('explain');
});

test.each([
  ['a given id', { 'x-correlation-id': 'order:7.a_B-c' }, /^order:7\.a_B-c$/],
  [
    'a trace',
    { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    /^0af7651916cd43dd8448eb211c80319c$/,
  ],
  ['nothing', {}, /^[\da-f]{8}-[\da-f]{4}-4/],
  ['an id with other characters', { 'x-correlation-id': 'a b<script>' }, /^[\da-f]{8}-/],
  ['an id that is too long', { 'x-correlation-id': 'x'.repeat(129) }, /^[\da-f]{8}-/],
  ['a trace of zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, /^[\da-f]{8}-/],
])('the correlation id of a request with %s', async (_name, headers, expected) => {
  await using door = await serveShop();
  const answer = await post(door.url, products, headers);
  expect(answer.headers['x-correlation-id']).toMatch(expected);
  expect(door.answered).toMatchObject([
    {
      correlationId: answer.headers['x-correlation-id'],
      status: 200,
      operation: { kind: 'query', name: 'Products' },
    },
  ]);
});

test('internals of a fault never reach the caller', async () => {
  await using door = await serveShop();
  const answer = await post(door.url, { query: '{ broken products { id } }' });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({
    data: { broken: null, products: [{ id: '1' }, { id: '2' }] },
  });
  expect(codes(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
  expect(answer.body).not.toMatch(/secret|srv|SELECT|stack/);
});

test('a fault of our own is told with the correlation id and nothing else, and is noted', async () => {
  const fault = new Error('password=secret at /srv/engine.ts');
  const crash = (): never => {
    throw fault;
  };
  const rejecting = {
    kind: 'query',
    cost: () => 1,
    run: () => Promise.reject(fault),
    explain: crash,
    personal: crash,
  } as const;
  for (const prepare of [crash, () => rejecting, () => ({ ...rejecting, run: crash })]) {
    await using door = await serveShop({
      engine: { prepare, schema: new GraphQLSchema({}), clearanceOf: crash },
    });
    const answer = await post(door.url, products, { 'x-correlation-id': 'c-1' });
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({
      errors: [
        {
          message: 'Something failed on our side; quote the correlation id c-1.',
          extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-1' },
        },
      ],
    });
    expect(door.answered).toMatchObject([{ status: 500, fault }]);
  }
});

test('what has not arrived at the deadline is null with a coded error, and status 200', async () => {
  await using door = await serveShop({ timeout: 100 });
  const answer = await post(door.url, { query: '{ slow }' }, { accept: 'application/graphql-response+json' });
  expect(answer.status).toBe(200);
  expect(codes(answer)).toEqual(['DEADLINE_EXCEEDED']);
  expect(door.shop.waiting[0]?.context.signal.aborted).toBe(true);
});

test('when the client is gone, what still runs for it is told to stop', async () => {
  await using door = await serveShop({ timeout: 60_000 });
  const leaving = new AbortController();
  const asked = fetch(door.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ slow }' }),
    signal: leaving.signal,
  }).catch((error: unknown) => error);
  while (door.shop.waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const signal = door.shop.waiting[0]?.context.signal;
  if (!signal) throw new Error('Nothing waits.');
  const aborted = once(signal, 'abort');
  leaving.abort();
  await aborted;
  await asked;
});

test('answers cannot be stored, sniffed or embedded by others', async () => {
  await using door = await serveShop();
  const { headers } = await post(door.url, products);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
});
