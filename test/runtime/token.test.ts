import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTokens, type Tokens } from '../../runtime/token.ts';
import { audience, newKey, testIssuer, type TestIssuer } from '../support/issuer.ts';

const minute = 60_000;
const first = newKey('first');
const second = newKey('second');

let at = Date.now();
let issuer: TestIssuer;
let failures: unknown[];
let tokens: Tokens;

beforeEach(() => {
  issuer = testIssuer('https://login.example.com', [first], () => at);
  failures = [];
  tokens = createTokens({
    issuers: [issuer],
    audiences: [audience],
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    scopeClaim: 'scope',
    claims: ['policies', 'region', 'level'],
    fetch: issuer.fetch,
    failed: (fault) => failures.push(fault),
    now: () => at,
  });
});

const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
/** Lets what goes on behind the scenes come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what a token says', () => {
  test('is its subject, scopes, client, end, and the claims that rules look at', async () => {
    const claims = { policies: ['vip', 7, { x: 1 }], region: 'EMEA', level: null, email: 'ann@example.com' };
    const principal = await tokens.verify(await issuer.token({ claims: { ...claims, scope: 'a b  c *' } }));
    expect(principal).toEqual({
      subject: 'ann',
      scopes: new Set(['a', 'b', 'c']),
      client: 'desk',
      claims: { policies: ['vip', '7'], region: ['EMEA'] },
      expires: (Math.floor(at / 1000) + 3600) * 1000,
    });
  });

  test.each([
    ['a list', ['a', 'b', 3, '']],
    ['a text', ' a  b '],
  ])('its scopes may be %s', async (_, scope) => {
    expect((await tokens.verify(await issuer.token({ claims: { scope } }))).scopes).toEqual(
      new Set(['a', 'b']),
    );
  });

  test('the star of the local developer is granted by no issuer', async () => {
    const { scopes } = await tokens.verify(await issuer.token({ claims: { scope: '*' } }));
    expect(scopes.size).toBe(0);
  });
});

describe('a token is one principal', () => {
  test('and verified once, however many ask at the same time and later', async () => {
    const token = await issuer.token();
    const [one, same] = await Promise.all([tokens.verify(token), tokens.verify(token)]);
    expect(same).toBe(one);
    expect(tokens.known(token)).toBe(one);
    expect(await tokens.verify(await issuer.token({ claims: { jti: '2' } }))).not.toBe(one);
  });

  test('and another one with its signature is not known by it', async () => {
    const token = await issuer.token();
    await tokens.verify(token);
    const [head, claims = '', signature] = token.split('.');
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
    const more = Buffer.from(JSON.stringify({ ...said, scope: 'everything' })).toString('base64url');
    const forged = [head, more, signature].join('.');
    expect(tokens.known(forged)).toBeUndefined();
    await expect(tokens.verify(forged)).rejects.toEqual(refused('UNAUTHENTICATED', 'signature'));
  });

  test('until it ends, and the tolerance of five seconds', async () => {
    const token = await issuer.token({ claims: { exp: Math.floor(at / 1000) + 60 } });
    await tokens.verify(token);
    at += minute + 3_000;
    expect(tokens.known(token)).toMatchObject({ subject: 'ann' });
    at += 3_000;
    expect(tokens.known(token)).toBeUndefined();
    await expect(tokens.verify(token)).rejects.toEqual(refused('UNAUTHENTICATED', 'has expired'));
  });
});

describe('the keys of an issuer', () => {
  test('are exchanged without a restart: the new one counts at once, the old one no longer', async () => {
    const old = await issuer.token();
    await tokens.verify(old);
    issuer.keys = [second];
    at += 11_000;
    const principal = await tokens.verify(await issuer.token());
    expect(principal).toMatchObject({ subject: 'ann' });
    // Although it is remembered as good.
    await expect(tokens.verify(old)).rejects.toEqual(refused('UNAUTHENTICATED', 'does not publish'));
  });

  test('are looked for behind the scenes, so that a key that was taken back does not last', async () => {
    const old = await issuer.token();
    await tokens.verify(old);
    issuer.keys = [second];
    at += 6 * minute;
    expect(tokens.known(old)).toMatchObject({ subject: 'ann' });
    await settled();
    await expect(tokens.verify(old)).rejects.toEqual(refused('UNAUTHENTICATED', 'does not publish'));
  });

  test('count on while the issuer is down, for tokens that come meanwhile as well', async () => {
    await tokens.verify(await issuer.token());
    issuer.up = false;
    for (let minutes = 0; minutes < 20; minutes += 1) {
      at += minute;
      expect(await tokens.verify(await issuer.token({ claims: { jti: String(minutes) } }))).toMatchObject({
        subject: 'ann',
      });
    }
    expect(failures.length).toBeGreaterThan(0);
    issuer.up = true;
    issuer.keys = [second];
    at += minute;
    expect(await tokens.verify(await issuer.token())).toMatchObject({ subject: 'ann' });
  });

  test('count for a day at most without the issuer', async () => {
    await tokens.verify(await issuer.token());
    issuer.up = false;
    at += 25 * 60 * minute;
    await expect(tokens.verify(await issuer.token())).rejects.toEqual(
      refused('SYSTEM_UNAVAILABLE', 'cannot be verified at the moment'),
    );
  });

  test('that were never had let nobody in, and are had as soon as they can be', async () => {
    issuer.up = false;
    const token = await issuer.token();
    await expect(tokens.verify(token)).rejects.toEqual(refused('SYSTEM_UNAVAILABLE', 'try again later'));
    issuer.up = true;
    at += 11_000;
    expect(await tokens.verify(token)).toMatchObject({ subject: 'ann' });
  });

  test('are not asked for by whoever makes up names of keys', async () => {
    await tokens.verify(await issuer.token());
    at += 11_000;
    const forged = Array.from({ length: 200 }, (_, index) => ({ ...second, kid: `made-up-${index}` }));
    for (const key of forged)
      await expect(tokens.verify(await issuer.token({ key }))).rejects.toEqual(
        refused('UNAUTHENTICATED', 'does not publish'),
      );
    expect(issuer.asked()).toBe(2);
  });

  test('are those of its own document, and not of another issuer', async () => {
    const evil = { ...issuer, issuer: 'https://login.example.com/other' };
    const mixed = createTokens({
      issuers: [evil],
      audiences: [audience],
      algorithms: ['ES256'],
      scopeClaim: 'scope',
      claims: [],
      fetch: () => issuer.fetch(new URL('https://login.example.com/.well-known/openid-configuration')),
      failed: (fault) => failures.push(fault),
    });
    const token = await issuer.token({ claims: { iss: evil.issuer } });
    await expect(mixed.verify(token)).rejects.toEqual(refused('SYSTEM_UNAVAILABLE', 'try again later'));
    expect(failures).toEqual([
      refused('SYSTEM_UNAVAILABLE', 'its document is that of https://login.example.com'),
    ]);
  });
});
