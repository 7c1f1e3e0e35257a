import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { exportJWK } from 'jose';
import { Provider } from 'oidc-provider';
import { ownCertificate } from '../support/certificate.ts';
import { audience, newKey } from '../support/issuer.ts';
import { openPlain } from '../gateway/stream/plain.ts';
import { ownFolder, start } from './house.ts';
import type { Run } from './run.ts';

const client = { client_id: 'billing-run', client_secret: 'a secret of the machine' };
const server = createServer();
let issuer: string;
let ca: string;
let house: Run;
let url: string;

/** An authorization server as companies have one, which knows one machine. */
async function serveIssuer(): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { kid, privateKey } = newKey('signing', 'RS256');
  // It says that its memory is not for production.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const provider = new Provider(at, {
    clients: [{ ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] },
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'customer:read customer:operate:metrics',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  const answer = provider.callback();
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  return at;
}

/** What the machine is given for its secret. */
async function tokenFor(scope: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${client.client_id}:${encodeURIComponent(client.client_secret)}`)}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: audience }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
  return answer.access_token;
}

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Got> {
  const asked = request(new URL(path, url), { ca, method: body === undefined ? 'GET' : 'POST', headers });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const query = JSON.stringify({ query: '{ customers(first: 1) { edges { node { id name } } } }' });
const ask = (headers: Readonly<Record<string, string>>) =>
  get('/graphql', { 'content-type': 'application/json', ...headers }, query);

beforeAll(async () => {
  issuer = await serveIssuer();
  const folder = ownFolder();
  await mkdir(folder);
  const { cert, key } = ownCertificate();
  const files = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') };
  await writeFile(files.TLS_CERT_FILE, cert);
  await writeFile(files.TLS_KEY_FILE, key);
  ca = cert;
  const settings = {
    ...{ AUTHENTICATION: '', OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, SAMPLE_DATA: 'none' },
    ...{ ...files, DATA_DIR: join(folder, 'data') },
  };
  house = start(settings, ['--development']);
  [, url = ''] = await house.line(/graph is at (https\S+)\/graphql$/);
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await house.stop();
});

test('a machine that is known to the issuer asks with a token of its own, over TLS', async () => {
  const authorization = `Bearer ${await tokenFor('customer:read')}`;
  const answer = await ask({ authorization });
  expect([answer.status, answer.body]).toEqual([200, '{"data":{"customers":{"edges":[]}}}']);
  const plain = await openPlain(`${url}/graphql`, { ca });
  plain.say({ type: 'connection_init', payload: { authorization } });
  await once(plain.socket, 'message');
  expect(plain.heard).toEqual([{ type: 'connection_ack', payload: { correlationId: expect.any(String) } }]);
  plain.socket.close();
  await plain.closed();
});

test('the flag for development lets nobody in where tokens are asked for', async () => {
  for (const headers of [{}, { 'x-principal': 'ann', 'x-scopes': '*' }, { authorization: 'Bearer x.y.z' }]) {
    const answer = await ask(headers);
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': /^Bearer/ } });
    expect(answer.body).toContain('UNAUTHENTICATED');
  }
});

test('health is for everybody, metrics for whoever has their scope', async () => {
  expect((await get('/health/ready')).status).toBe(200);
  expect((await get('/metrics')).status).toBe(401);
  const reading = `Bearer ${await tokenFor('customer:read')}`;
  expect((await get('/metrics', { authorization: reading })).status).toBe(403);
  const scraping = `Bearer ${await tokenFor('customer:operate:metrics')}`;
  expect((await get('/metrics', { authorization: scraping })).body).toContain('subscriptions_active');
});

test('every answer tells browsers to ask over TLS only, not to guess, and not to keep it', async () => {
  const paths = [
    '/',
    '/graphql',
    '/graphiql',
    '/graphiql/graphiql.css',
    '/health/live',
    '/metrics',
    '/nowhere',
  ];
  for (const path of paths) {
    const { headers } = await get(path);
    expect([path, headers]).toEqual([
      path,
      expect.objectContaining({
        'strict-transport-security': 'max-age=63072000',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': path.endsWith('.css') ? expect.stringContaining('immutable') : 'no-store',
      }),
    ]);
  }
});

test('the query page allows no code but its own, and shows no customer to whoever opens it', async () => {
  const { headers, body } = await get('/graphiql');
  const policy = headers['content-security-policy'];
  expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[\w+/=]+'; style-src 'self' 'nonce-/);
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(body).not.toContain('"customerId":');
});

test('TLS before 1.2 is refused', async () => {
  const { hostname, port } = new URL(url);
  // Without a say of its own the client would not even offer it.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const socket = connect({ host: hostname, port: Number(port), ca, ...old });
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('alert protocol version');
});
