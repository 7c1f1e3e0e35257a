import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer } from '../../gateway/server.ts';
import { createTokens } from '../../runtime/token.ts';
import { audience, newKey, testIssuer } from '../support/issuer.ts';
import { badTokens, goodTokens } from '../support/tokens.ts';
import { openPlain } from './stream/plain.ts';
import { serveFeed, type ServedFeed } from './stream/served.ts';

const issuer = testIssuer('https://login.example.com', [
  newKey('one', 'RS256'),
  newKey('two', 'ES256'),
  newKey('three', 'EdDSA'),
  newKey('four', 'RS256'),
]);
const other = testIssuer('https://partners.example.com', [newKey('five')]);

let served: ServedFeed;
beforeAll(async () => {
  const tokens = createTokens({
    issuers: [issuer, other],
    audiences: [audience],
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    scopeClaim: 'scope',
    claims: [],
    fetch: (url) => (url.host === 'login.example.com' ? issuer : other).fetch(url),
    failed: () => undefined,
  });
  served = await serveFeed({ authenticate: bearer(tokens) });
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

/** What came of asking: nothing else of an answer counts here. */
interface Outcome {
  readonly refused: boolean;
  readonly code: unknown;
  readonly message: string;
  readonly challenge: string | null;
}

type Ask = (authorization: string | undefined) => Promise<Outcome>;

const headersOf = (authorization: string | undefined): Record<string, string> =>
  authorization === undefined ? {} : { authorization };

async function outcomeOf(response: Response): Promise<Outcome> {
  const challenge = response.headers.get('www-authenticate');
  const events = response.headers.get('content-type')?.startsWith('text/event-stream');
  const { errors: [error] = [] } = (events ? {} : await response.json()) as {
    errors?: { message: string; extensions: { code: unknown } }[];
  };
  await response.body?.cancel().catch(() => undefined);
  const { message = '', extensions: { code } = { code: undefined } } = error ?? {};
  return { refused: response.status === 401, code, message, challenge };
}

const post =
  (body: object, accept: string): Ask =>
  async (authorization) =>
    outcomeOf(
      await fetch(served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, ...headersOf(authorization) },
        body: JSON.stringify(body),
      }),
    );
const socket =
  (inHeader: boolean): Ask =>
  async (authorization) => {
    const headers = headersOf(authorization);
    const plain = await openPlain(served.url, inHeader ? { headers } : {});
    plain.say({ type: 'connection_init', ...(inHeader ? {} : { payload: headers }) });
    plain.socket.on('message', () => {
      plain.socket.close();
    });
    const { code, reason } = await plain.closed();
    return { refused: code === 4401, code: 'UNAUTHENTICATED', message: reason, challenge: 'Bearer realm=' };
  };

const transports: Readonly<Record<string, Ask>> = {
  'a query by POST': post({ query: '{ ticks }' }, 'application/json'),
  'a mutation by POST': post({ query: 'mutation { tick(id: "1") }' }, 'application/graphql-response+json'),
  'a query by GET': async (authorization) =>
    outcomeOf(
      await fetch(`${served.url}?query={ticks}`, {
        headers: { 'graphql-require-preflight': '1', ...headersOf(authorization) },
      }),
    ),
  'a subscription by SSE': post({ query: 'subscription { counted(to: 1) }' }, 'text/event-stream'),
  'a WebSocket that introduces itself': socket(false),
  'a WebSocket with a header': socket(true),
};
const bad = badTokens(issuer, other);

describe.each(Object.entries(transports))('%s', (_transport, ask) => {
  test.each(bad)('is refused, and never anonymous: %s', async (_, make, sentence) => {
    const before = served.feed.begun();
    const { length } = served.answered;
    const outcome = await ask(await make());
    expect(outcome).toMatchObject({
      refused: true,
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(sentence),
      challenge: expect.stringMatching(/^Bearer realm=/),
    });
    expect(served.feed.begun()).toBe(before);
    expect(served.answered.slice(length)).toMatchObject([{ status: 401, code: 'UNAUTHENTICATED' }]);
    expect(served.answered[length]?.operation).toBeUndefined();
  });

  test.each(goodTokens(issuer))('is admitted with a token %s', async (_, made) => {
    expect(await ask(`Bearer ${await issuer.token(made)}`)).toMatchObject({ refused: false });
  });
});

test('a token that no header could hold is refused by WebSocket, too', async () => {
  expect(await socket(false)(`Bearer ${'a'.repeat(20_000)}.b.c`)).toMatchObject({
    refused: true,
    message: 'The token is too long.',
  });
});

test('a token in an address is none', async () => {
  const response = await fetch(`${served.url}?query={ticks}&access_token=${await issuer.token()}`, {
    headers: { 'graphql-require-preflight': '1' },
  });
  expect(await outcomeOf(response)).toMatchObject({ refused: true });
});

test('who says himself who he is is nobody here', async () => {
  const response = await fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-principal': 'ann', 'x-scopes': '*' },
    body: '{"query":"{ ticks }"}',
  });
  expect(await outcomeOf(response)).toMatchObject({ refused: true });
});

test('while no keys can be had, nobody is let in, and told to come again', async () => {
  const tokens = createTokens({
    issuers: [issuer],
    audiences: [audience],
    algorithms: ['RS256'],
    scopeClaim: 'scope',
    claims: [],
    fetch: () => Promise.reject(new Error('down')),
    failed: () => undefined,
  });
  await using door = await serveFeed({ authenticate: bearer(tokens) });
  const authorization = `Bearer ${await issuer.token()}`;
  const response = await fetch(door.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: '{"query":"{ ticks }"}',
  });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
  const plain = await openPlain(door.url);
  plain.say({ type: 'connection_init', payload: { authorization } });
  expect(await plain.closed()).toMatchObject({ code: 1013 });
});

test('there are at least sixteen bad tokens', () => {
  expect(bad.length).toBeGreaterThanOrEqual(16);
});
