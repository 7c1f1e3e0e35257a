import { expect, test } from '@jest/globals';
import { bearer } from '../../../gateway/server.ts';
import { createTokens } from '../../../runtime/token.ts';
import { audience, newKey, testIssuer } from '../../support/issuer.ts';
import { openPlain, type Message } from './plain.ts';
import { serveFeed } from './served.ts';
import { until } from './until.ts';

const issuer = testIssuer('https://login.example.com', [newKey('one')]);
const subscription = 'subscription { changed { position text } }';

interface Told {
  readonly errors?: readonly { extensions: { code?: string; cursor?: string } }[];
  readonly data?: { readonly changed: { readonly position: number; readonly text: string } };
}

/** The door, with something happening all the time; each event says when it happened. */
async function busyDoor() {
  const tokens = createTokens({
    issuers: [issuer],
    audiences: [audience],
    algorithms: ['ES256'],
    scopeClaim: 'scope',
    claims: [],
    fetch: issuer.fetch,
    failed: () => undefined,
  });
  const door = await serveFeed({ authenticate: bearer(tokens) });
  const ticking = setInterval(() => {
    door.feed.tick('1', String(Date.now()));
  }, 5);
  return {
    door,
    async [Symbol.asyncDispose]() {
      clearInterval(ticking);
      await door[Symbol.asyncDispose]();
    },
  };
}

async function shortToken(): Promise<{ readonly authorization: string; readonly exp: number }> {
  const exp = Math.floor(Date.now() / 1000) + 2;
  return { authorization: `Bearer ${await issuer.token({ claims: { exp } })}`, exp: exp * 1000 };
}

function expectEnded(told: readonly Told[], exp: number): string {
  const events = told.flatMap(({ data }) => (data ? [data.changed] : []));
  expect(events.length).toBeGreaterThan(10);
  // What happened after the end of the token was told to nobody.
  expect(Math.max(...events.map(({ text }) => Number(text)))).toBeLessThan(exp + 100);
  const cursor = `at-${events.at(-1)?.position ?? ''}`;
  expect(told.at(-1)?.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', cursor } }]);
  return cursor;
}

test.concurrent(
  'a WebSocket is closed when the token ends, no event comes after it, and it is told where to go on',
  async () => {
    await using busy = await busyDoor();
    const { authorization, exp } = await shortToken();
    const plain = await openPlain(busy.door.url);
    plain.say({ type: 'connection_init', payload: { authorization } });
    await until(() => plain.heard.length === 1);
    plain.say({ id: 'a', type: 'subscribe', payload: { query: subscription } });
    const { code, reason } = await plain.closed();
    expect(Date.now()).toBeGreaterThanOrEqual(exp);
    expect(Date.now()).toBeLessThan(exp + 5000);
    const told = plain.heard.flatMap(({ type, payload }: Message): Told[] =>
      type === 'next' ? [payload as Told] : type === 'error' ? [{ errors: payload as [] }] : [],
    );
    const cursor = expectEnded(told, exp);
    expect([code, reason]).toEqual([4401, `token expired; resume after ${cursor}`]);
    await until(() => busy.door.feed.live() === 0);
  },
);

test.concurrent('a stream of server-sent events ends with the token alike', async () => {
  await using busy = await busyDoor();
  const { authorization, exp } = await shortToken();
  const response = await fetch(busy.door.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
    body: JSON.stringify({ query: subscription }),
  });
  const text = await response.text();
  expect(Date.now()).toBeGreaterThanOrEqual(exp);
  expect(Date.now()).toBeLessThan(exp + 5000);
  const told = [...text.matchAll(/^data: (.+)$/gm)].map(([, line = '']) => JSON.parse(line) as Told);
  expectEnded(told, exp);
  expect(text).toMatch(/event: complete\ndata:\n\n$/);
  await until(() => busy.door.feed.live() === 0);
});

test.concurrent(
  'an idle WebSocket is closed as well, and what it says until it hears of that is not executed',
  async () => {
    await using busy = await busyDoor();
    const { authorization, exp } = await shortToken();
    const plain = await openPlain(busy.door.url);
    plain.say({ type: 'connection_init', payload: { authorization } });
    await until(() => plain.heard.length === 1);
    // From here on it does not read, and so does not hear that it is to close.
    plain.socket.pause();
    await until(() => Date.now() > exp + 50);
    const { length } = busy.door.answered;
    plain.say({ id: 'a', type: 'subscribe', payload: { query: 'mutation { tick(id: "1") }' } });
    plain.socket.resume();
    expect((await plain.closed()).code).toBe(4401);
    expect(busy.door.answered.slice(length)).toEqual([]);
  },
);
