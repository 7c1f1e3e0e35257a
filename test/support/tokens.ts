import { randomBytes } from 'node:crypto';
import { base64url, CompactEncrypt, SignJWT } from 'jose';
import { audience, newKey, type Made, type TestIssuer } from './issuer.ts';

/** The header of a request, and a part of the sentence with which it is refused. */
type BadCase = readonly [name: string, header: () => Promise<string | undefined>, sentence: string];

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const coded = (value: object) => base64url.encode(JSON.stringify(value));

/** Everything that is no valid access token of one of the two issuers for this audience. */
export function badTokens(issuer: TestIssuer, other: TestIssuer): readonly BadCase[] {
  const [ours] = issuer.keys;
  if (!ours) throw new Error('The issuer has no key.');
  const stranger = newKey(ours.kid, ours.algorithm);
  const made = (name: string, how: Made, sentence: string): BadCase => [
    name,
    async () => `Bearer ${await issuer.token(how)}`,
    sentence,
  ];
  const text = (name: string, make: () => Promise<string>, sentence: string): BadCase => [
    name,
    make,
    sentence,
  ];
  const noAccess = 'This is no access token';
  const incomplete = 'does not say all that it must';
  const claims = () => ({
    iss: issuer.issuer,
    aud: audience,
    sub: 'ann',
    exp: inSeconds(60),
    scope: 'customer:read',
  });

  return [
    ['no token at all', () => Promise.resolve(undefined), 'Send an access token'],
    ['an empty token', () => Promise.resolve('Bearer '), 'must be "Bearer" and an access token'],
    [
      'another scheme',
      () => Promise.resolve('Basic YW5uOnNlY3JldA=='),
      'must be "Bearer" and an access token',
    ],
    text('two tokens', async () => `Bearer ${await issuer.token()}, Bearer x`, 'must be "Bearer"'),
    ['what is no token', () => Promise.resolve('Bearer abc'), 'cannot be read'],
    text(
      'one that nobody signed (alg none)',
      () => Promise.resolve(`Bearer ${coded({ alg: 'none' })}.${coded(claims())}.`),
      'signed in a way that is not allowed',
    ),
    text(
      'one signed with our own public key as a secret (HS256)',
      async () => {
        const secret = ours.publicKey.export({ type: 'spki', format: 'pem' });
        const signing = new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: ours.kid });
        return `Bearer ${await signing.sign(Buffer.from(secret))}`;
      },
      'signed in a way that is not allowed',
    ),
    made(
      'one signed in a way that is not on the list',
      { key: newKey('ps', 'PS384') },
      'signed in a way that is not allowed',
    ),
    made(
      'one signed by a stranger under the name of our key',
      { key: stranger },
      'The signature of the token is not valid',
    ),
    made(
      'one signed by a key that brings itself along',
      {
        key: newKey('self'),
        header: { jwk: stranger.publicKey.export({ format: 'jwk' }) },
      },
      'a key that its issuer does not publish',
    ),
    text(
      'one whose scopes were exchanged',
      async () => {
        const [head, , signature] = (await issuer.token()).split('.');
        return `Bearer ${head}.${coded({ ...claims(), scope: 'customer:write:finance' })}.${signature}`;
      },
      'The signature of the token is not valid',
    ),
    text(
      'one whose signature was cut',
      async () => `Bearer ${(await issuer.token()).slice(0, -8)}`,
      'The signature of the token is not valid',
    ),
    made('one that has expired', { claims: { exp: inSeconds(-10) } }, 'The token has expired'),
    made('one that does not count yet', { claims: { nbf: inSeconds(3600) } }, 'does not count yet'),
    made('one from the future', { claims: { iat: inSeconds(3600) } }, 'from the future'),
    made('one for another audience', { claims: { aud: 'https://other.example.com' } }, 'for somebody else'),
    made('one without an audience', { claims: { aud: null } }, 'for somebody else'),
    made(
      'one of an unknown issuer',
      { claims: { iss: 'https://evil.example.com' } },
      'an issuer that is not known',
    ),
    made(
      'one of the other issuer, signed by this one',
      { claims: { iss: other.issuer } },
      'does not publish',
    ),
    made('one without an end', { claims: { exp: null } }, incomplete),
    made('one about nobody', { claims: { sub: null } }, incomplete),
    made('one about an empty name', { claims: { sub: '' } }, 'does not say whom it is about'),
    made('an id token, by its type', { header: { typ: 'id+jwt' } }, noAccess),
    made('an id token, by its nonce', { claims: { nonce: 'n' }, header: { typ: 'JWT' } }, noAccess),
    made("an id token, by its issuer's own mark", { claims: { token_use: 'id' } }, noAccess),
    made('a logout token', { header: { typ: 'logout+jwt' } }, noAccess),
    made('one bound to a key of its holder', { claims: { cnf: { jkt: 'x' } } }, 'bound to a key'),
    made('one with something that must be understood', { header: { crit: ['x'], x: 1 } }, 'cannot be read'),
    text(
      'one that is encrypted',
      async () => {
        const sealing = new CompactEncrypt(Buffer.from(JSON.stringify(claims())));
        return `Bearer ${await sealing.setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(randomBytes(32))}`;
      },
      'cannot be read',
    ),
  ];
}

/** What is a valid access token, however it is written. */
export function goodTokens(issuer: TestIssuer): readonly (readonly [name: string, made: Made])[] {
  return [
    ['of RFC 9068', {}],
    ['of an issuer that says JWT', { header: { typ: 'JWT' } }],
    ['of an issuer that says nothing', { header: { typ: undefined } }],
    ['with the type in full', { header: { typ: 'application/at+jwt' } }],
    ['for several audiences', { claims: { aud: ['https://other.example.com', audience] } }],
    ['of a clock that is a little ahead', { claims: { iat: inSeconds(3), nbf: inSeconds(3) } }],
    ...issuer.keys.flatMap((key) => [
      [`signed by ${key.algorithm}`, { key }] as const,
      [
        `signed by ${key.algorithm}, without the name of the key`,
        { key, header: { kid: undefined } },
      ] as const,
    ]),
  ];
}
