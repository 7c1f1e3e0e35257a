import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  authenticationOf,
  envExample,
  help,
  readConfig,
  shownOf,
  type Config,
} from '../../runtime/config.ts';

type Environment = Parameters<typeof readConfig>[0];
const describe = (config: Config) => shownOf(config).map(({ name, value }) => `${name}=${value}`);
const secret = 's'.repeat(32);
const apart = { DATABASE_URL: 'postgres://user:hunter2@db/graph', PASS_SECRET: secret };
const elsewhere = {
  AUDIT_URL: 'http://a:1',
  STEWARD_URL: 'http://s:1',
  IDENTITY_URL: 'http://i:1',
  COORDINATION_URL: 'http://w:1',
  EVENTS_URL: 'http://f:1',
  CRM_URL: 'http://c:1',
  ERP_URL: 'http://e:1',
  BILLING_URL: 'http://b:1',
};

test('with nothing set everything runs in one process on the embedded store', () => {
  const config = readConfig({});
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    dataDir: './data',
    requestTimeoutMs: 2000,
    sandboxPort: 4010,
    graphiql: true,
    introspection: true,
  });
  expect([...config.roles]).toEqual([
    'gateway',
    'audit',
    'steward',
    'identity',
    'coordination',
    'events',
    'crm',
    'erp',
    'billing',
  ]);
  expect(config).toMatchObject({ authentication: undefined, issuers: [], notices: [] });
});

const issuer = 'https://login.example.com/';
const tokens = { OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'graph' };
const unknown = 'nobody is let in without being known.';

test('a gateway without a word of how callers are known is not served', () => {
  expect(() => authenticationOf(readConfig({}))).toThrow(
    `Set OIDC_ISSUER and OIDC_AUDIENCE, or start with --development on your own machine: ${unknown}`,
  );
  const production = readConfig({ NODE_ENV: 'production' }, { development: true });
  expect(() => authenticationOf(production)).toThrow(`Set OIDC_ISSUER and OIDC_AUDIENCE: ${unknown}`);
});

test('development is said by a flag or a setting, and announced', () => {
  for (const config of [
    readConfig({}, { development: true }),
    readConfig({ AUTHENTICATION: 'development' }),
  ]) {
    expect(authenticationOf(config)).toBe('development');
    expect(config.notices).toEqual([expect.stringContaining('there is no authentication')]);
  }
});

test('tokens count although the flag is given, which is said', () => {
  const config = readConfig(tokens, { development: true });
  expect(authenticationOf(config)).toBe('oidc');
  expect(config.issuers).toEqual([{ issuer }]);
  expect(config.notices).toEqual([expect.stringContaining('--development says nothing')]);
  expect(describe(config)).toContain(`OIDC_ISSUER=${issuer}`);
});

test('with tokens and TLS, its own or that of a proxy, the gateway may serve the network', () => {
  const pem = { TLS_CERT: '-----BEGIN CERTIFICATE-----', TLS_KEY: '-----BEGIN PRIVATE KEY-----' };
  const network = { ...tokens, HOST: '0.0.0.0' };
  expect(readConfig({ ...network, ...pem }).host).toBe('0.0.0.0');
  expect(readConfig({ ...network, TRUST_PROXY: 'on' }).host).toBe('0.0.0.0');
});

test('production closes what is for development, unless told otherwise', () => {
  expect(readConfig({ NODE_ENV: 'production' })).toMatchObject({ graphiql: false, introspection: false });
  expect(readConfig({ NODE_ENV: 'production', GRAPHIQL: 'on' })).toMatchObject({
    graphiql: true,
    introspection: false,
  });
});

test('coordination needs the systems of record, and nobody else', () => {
  const { CRM_URL, ERP_URL, BILLING_URL } = elsewhere;
  const config = readConfig({ ...apart, CRM_URL, ERP_URL, BILLING_URL, ROLES: 'coordination' });
  expect([...config.remotes.keys()]).toEqual(['crm', 'erp', 'billing']);
  expect([...readConfig({ ...apart, ROLES: 'coordination,crm,erp,billing' }).remotes]).toEqual([]);
});

test('the gateway alone knows where the others are, and a subgraph alone may listen on any address', () => {
  const gateway = readConfig({ ...apart, ...elsewhere, ROLES: 'gateway' });
  expect([...gateway.remotes]).toEqual([
    ['audit', 'http://a:1'],
    ['steward', 'http://s:1'],
    ['identity', 'http://i:1'],
    ['coordination', 'http://w:1'],
    ['events', 'http://f:1'],
    ['crm', 'http://c:1'],
    ['erp', 'http://e:1'],
    ['billing', 'http://b:1'],
  ]);
  expect(readConfig({ ...apart, ROLES: 'crm, erp', HOST: '0.0.0.0' })).toMatchObject({
    host: '0.0.0.0',
    notices: [],
  });
});

const refused: readonly (readonly [why: string, environment: Environment, sentence: string])[] = [
  ['not a number', { PORT: '80a' }, 'PORT must be a whole number from 0 to 65535.'],
  [
    'out of range',
    { REQUEST_TIMEOUT_MS: '1' },
    'REQUEST_TIMEOUT_MS must be a whole number of milliseconds from 50 to 600000.',
  ],
  [
    'an unknown role',
    { ROLES: 'gateway,sales' },
    'ROLES must be all, or a comma list of gateway, audit, steward, identity, coordination, events, crm, erp, billing.',
  ],
  [
    'no role',
    { ROLES: ',' },
    'ROLES must be all, or a comma list of gateway, audit, steward, identity, coordination, events, crm, erp, billing.',
  ],
  [
    'a secret of messages that is none',
    { WEBHOOK_SECRET_ERP: 'whsec_c2hvcnQ=' },
    'WEBHOOK_SECRET_ERP must be a secret as Standard Webhooks writes it (whsec_ and base64 of 24 to 64 bytes), or a comma list of them.',
  ],
  ['an unknown word', { SAMPLE_DATA: 'some' }, 'SAMPLE_DATA must be one of northwind, none.'],
  [
    'a short secret',
    { PASS_SECRET: 'short' },
    'PASS_SECRET must be a secret of at least 32 characters, or a comma list of them with the current one first.',
  ],
  [
    'a door to the network',
    { HOST: '0.0.0.0' },
    'HOST must be 127.0.0.1, ::1 or localhost where the gateway is and does not authenticate: set OIDC_ISSUER and OIDC_AUDIENCE to serve others.',
  ],
  [
    'tokens that could be read on their way',
    { HOST: '0.0.0.0', OIDC_ISSUER: 'https://login.example.com', OIDC_AUDIENCE: 'graph' },
    'Set TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY=on where a proxy ends TLS: tokens could be read on their way to HOST.',
  ],
  [
    'development in production',
    { AUTHENTICATION: 'development', NODE_ENV: 'production' },
    'Remove AUTHENTICATION=development, and set OIDC_ISSUER: NODE_ENV is production.',
  ],
  [
    'tokens and no authentication',
    { AUTHENTICATION: 'development', OIDC_ISSUER: 'https://login.example.com', OIDC_AUDIENCE: 'graph' },
    'Remove AUTHENTICATION=development or OIDC_ISSUER: callers are known by tokens, or not at all.',
  ],
  [
    'tokens of nobody',
    { AUTHENTICATION: 'oidc' },
    'Set OIDC_ISSUER and OIDC_AUDIENCE: AUTHENTICATION is oidc.',
  ],
  [
    'tokens for anybody',
    { OIDC_ISSUER: 'https://login.example.com' },
    'Set OIDC_AUDIENCE: without it, tokens for any other API of the issuer would count here.',
  ],
  [
    'an audience without an issuer',
    { OIDC_AUDIENCE: 'graph' },
    'Set OIDC_ISSUER, or remove OIDC_AUDIENCE and OIDC_JWKS_URL: they say nothing without it.',
  ],
  [
    'keys of one issuer for two',
    {
      OIDC_ISSUER: 'https://a.example,https://b.example',
      OIDC_JWKS_URL: 'https://a.example/k',
      OIDC_AUDIENCE: 'g',
    },
    'OIDC_JWKS_URL must name one URL for each of OIDC_ISSUER, in the same order.',
  ],
  [
    'an issuer that could be anybody',
    { OIDC_ISSUER: 'http://login.example.com', OIDC_AUDIENCE: 'graph' },
    'OIDC_ISSUER must be an https URL (http on this machine only), or a comma list of them.',
  ],
  [
    'a signature that whoever verifies could make',
    { OIDC_ISSUER: 'https://a.example', OIDC_AUDIENCE: 'graph', OIDC_ALGORITHMS: 'HS256' },
    'OIDC_ALGORITHMS must be a comma list of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA.',
  ],
  [
    'a certificate without its key',
    { TLS_CERT: '-----BEGIN CERTIFICATE-----' },
    'Set both TLS_CERT and TLS_KEY (or TLS_CERT_FILE and TLS_KEY_FILE), or neither.',
  ],
  [
    'an origin with a path',
    { ORIGINS: 'https://app.example.com/' },
    'ORIGINS must be a comma list of origins such as https://app.example.com.',
  ],
  [
    'an embedded store for several',
    { PASS_SECRET: secret, ROLES: 'crm' },
    'Set DATABASE_URL, or ROLES=all: the embedded store serves one process only, and ROLES leaves out gateway, audit, steward, identity, coordination, events, erp, billing.',
  ],
  [
    'roles apart without a pass',
    { DATABASE_URL: apart.DATABASE_URL, ROLES: 'crm' },
    'Set PASS_SECRET to the same secret in every process: with ROLES split they must know each other.',
  ],
  [
    'a subgraph nowhere',
    { ...apart, ...elsewhere, ERP_URL: '', ROLES: 'gateway' },
    'Set ERP_URL, or add erp to ROLES: the gateway needs it.',
  ],
  [
    'a system that coordination cannot reach',
    { ...apart, CRM_URL: 'http://c:1', ROLES: 'coordination,erp' },
    'Set BILLING_URL, or add billing to ROLES: coordination needs it.',
  ],
  [
    'a subgraph here and elsewhere',
    { CRM_URL: 'http://c:1' },
    'Remove CRM_URL, or crm from ROLES: it would be both here and elsewhere.',
  ],
  [
    'two stores',
    { DATABASE_URL: apart.DATABASE_URL, DATA_DIR: './x' },
    'Remove DATA_DIR or DATABASE_URL: there is one store, embedded or a server.',
  ],
  [
    'a key that cannot sign the audit',
    { AUDIT_KEY: 'secret' },
    'AUDIT_KEY must be an Ed25519 private key in PKCS8 PEM, as "openssl genpkey -algorithm ed25519" makes one.',
  ],
  ['one port twice', { PORT: '4010' }, 'PORT and SANDBOX_PORT must differ; give one of them another number.'],
  [
    'a secret twice',
    { PASS_SECRET: secret, PASS_SECRET_FILE: '/x' },
    'Remove PASS_SECRET or PASS_SECRET_FILE: only one of them can count. PASS_SECRET_FILE names a file that cannot be read.',
  ],
];
test.each(refused)('refused: %s', (_, environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIGURATION', message: sentence }),
  );
});

test('a secret may be in a file, and is never printed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'customer-graph-'));
  const file = join(folder, 'secret');
  await writeFile(file, `${secret},${'t'.repeat(40)}\n`);
  const config = readConfig({ DATABASE_URL: apart.DATABASE_URL, PASS_SECRET_FILE: file });
  expect(config.passSecret).toEqual([secret, 't'.repeat(40)]);
  const lines = describe(config);
  expect(lines).toContain('PASS_SECRET=(secret)');
  expect(lines).toContain('DATABASE_URL=(secret)');
  expect(lines).toContain('PORT=4000');
  expect(lines.join()).not.toMatch(/ssss|hunter2/);
  await rm(folder, { recursive: true });
});

test('.env.example is current', async () => {
  // Written by: node -e "import('./runtime/config.ts').then((c) => process.stdout.write(c.envExample()))" > .env.example
  expect(await readFile('.env.example', 'utf8')).toBe(envExample());
});

test('the help names every setting with its default', () => {
  for (const name of envExample().match(/^# [A-Z_]+(?==)/gm) ?? []) expect(help()).toContain(name.slice(2));
  expect(help()).toContain('a whole number of milliseconds from 50 to 600000; 2000 by default');
});
