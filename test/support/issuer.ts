import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import type { HttpAnswer } from '../../runtime/http.ts';

export const audience = 'https://graph.example.com';

type Algorithm = 'RS256' | 'PS256' | 'PS384' | 'ES256' | 'EdDSA';

/** A pair of keys, and the name under which the public one is published. */
export interface Key {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function newKey(kid: string, algorithm: Algorithm = 'ES256'): Key {
  const pair =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, algorithm, ...pair };
}

/** What a token is made of, where it is another than usual; null leaves a claim out. */
export interface Made {
  readonly key?: Key;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Who issues tokens, as the network sees it. */
export interface TestIssuer {
  readonly issuer: string;
  /** Those that are published. */
  keys: Key[];
  /** Whether it answers. */
  up: boolean;
  /** How often its keys were asked for. */
  asked(): number;
  /** A token for an hour, or as long as its claims say. */
  token(made?: Made): Promise<string>;
  /** Its documents; rejects where it is not up, or for another address. */
  readonly fetch: (url: URL) => Promise<HttpAnswer>;
}

export function testIssuer(issuer: string, keys: Key[], now: () => number = Date.now): TestIssuer {
  let asked = 0;
  const documents: Readonly<Record<string, () => Promise<unknown>>> = {
    [`${issuer}/.well-known/openid-configuration`]: () =>
      Promise.resolve({ issuer, jwks_uri: `${issuer}/keys` }),
    async [`${issuer}/keys`]() {
      asked += 1;
      return { keys: await Promise.all(one.keys.map(published)) };
    },
  };
  const one: TestIssuer = {
    issuer,
    keys,
    up: true,
    asked: () => asked,
    async token({ key = one.keys[0], header, claims } = {}) {
      if (!key) throw new Error('There is no key to sign with.');
      const at = Math.floor(now() / 1000);
      const usual = {
        iss: issuer,
        aud: audience,
        sub: 'ann',
        client_id: 'desk',
        scope: 'customer:read',
        iat: at,
      };
      const all: Readonly<Record<string, unknown>> = { ...usual, exp: at + 3600, ...claims };
      const said = Object.entries(all).filter(([, value]) => value !== null);
      return new SignJWT(Object.fromEntries(said))
        .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'at+jwt', ...header })
        .sign(key.privateKey, { crit: { x: true } });
    },
    async fetch(url) {
      const document = documents[url.href];
      if (!one.up || !document) throw new Error(`Nobody answers at ${url.href}.`);
      return { status: 200, headers: {}, text: JSON.stringify(await document()) };
    },
  };
  return one;
}

async function published({ kid, publicKey }: Key): Promise<object> {
  return { ...(await exportJWK(publicKey)), kid, use: 'sig' };
}
