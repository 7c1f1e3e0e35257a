import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { settings, nameOf } from '../../runtime/settings.ts';
import { ownFolder, start } from './house.ts';

const secret = 's'.repeat(32);
const apart = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/graph', PASS_SECRET: secret };
const elsewhere = {
  AUDIT_URL: 'http://a',
  STEWARD_URL: 'http://s',
  IDENTITY_URL: 'http://i',
  COORDINATION_URL: 'http://w',
  EVENTS_URL: 'http://f',
  CRM_URL: 'http://c',
  ERP_URL: 'http://e',
  BILLING_URL: 'http://b',
};

test.concurrent.each([
  ['no number', { PORT: '80a' }, 'PORT must be a whole number from 0 to 65535.'],
  [
    'an unknown role',
    { ROLES: 'gateway,sales' },
    'ROLES must be all, or a comma list of gateway, audit, steward, identity, coordination, events, crm, erp, billing.',
  ],
  ['an unknown word', { SAMPLE_DATA: 'some' }, 'SAMPLE_DATA must be one of northwind, none.'],
  ['no PostgreSQL URL', { DATABASE_URL: 'mysql://db' }, 'DATABASE_URL must be a postgres:// URL.'],
  [
    'a secret file that is not there',
    { PASS_SECRET_FILE: '/nowhere' },
    'PASS_SECRET_FILE names a file that cannot be read.',
  ],
  [
    'a secret twice',
    { PASS_SECRET: secret, PASS_SECRET_FILE: '/dev/null' },
    'Remove PASS_SECRET or PASS_SECRET_FILE: only one of them can count.',
  ],
  [
    'a door to the network',
    { HOST: '0.0.0.0' },
    'HOST must be 127.0.0.1, ::1 or localhost where the gateway is and does not authenticate: set OIDC_ISSUER and OIDC_AUDIENCE to serve others.',
  ],
  [
    'one role on the embedded store',
    { ROLES: 'crm', PASS_SECRET: secret },
    'Set DATABASE_URL, or ROLES=all: the embedded store serves one process only, and ROLES leaves out gateway, audit, steward, identity, coordination, events, erp, billing.',
  ],
  [
    'one role without a secret',
    { ROLES: 'crm', DATABASE_URL: apart.DATABASE_URL },
    'Set PASS_SECRET to the same secret in every process: with ROLES split they must know each other.',
  ],
  [
    'a gateway that cannot find a subgraph',
    { ...apart, ...elsewhere, ERP_URL: '', ROLES: 'gateway' },
    'Set ERP_URL, or add erp to ROLES: the gateway needs it.',
  ],
  [
    'a subgraph both here and elsewhere',
    { CRM_URL: 'http://c' },
    'Remove CRM_URL, or crm from ROLES: it would be both here and elsewhere.',
  ],
  [
    'two stores',
    { DATABASE_URL: apart.DATABASE_URL, DATA_DIR: '/tmp/x' },
    'Remove DATA_DIR or DATABASE_URL: there is one store, embedded or a server.',
  ],
  [
    'one port twice',
    { PORT: '4321', SANDBOX_PORT: '4321' },
    'PORT and SANDBOX_PORT must differ; give one of them another number.',
  ],
])('%s is refused with one sentence', async (_, environment: Record<string, string>, sentence) => {
  expect(await start(environment).ended).toEqual({
    code: 1,
    out: '',
    err: `INVALID_CONFIGURATION: ${sentence}\n`,
  });
});

test('several mistakes are told together', async () => {
  const { err } = await start({ PORT: 'http', LOG_LEVEL: 'loud' }).ended;
  expect(err).toMatch(/^INVALID_CONFIGURATION: PORT must be .*\. LOG_LEVEL must be one of .*\.\n$/);
});

test('a store that cannot be had is refused with one sentence', async () => {
  const server = await start({ DATABASE_URL: apart.DATABASE_URL }).ended;
  expect(server).toMatchObject({ code: 1, err: expect.stringMatching(/^STORE_UNAVAILABLE: [^\n]*\.\n$/) });
  expect(server.err).not.toContain('nobody');
  const file = ownFolder();
  await writeFile(file, '');
  const embedded = await start({ DATA_DIR: file }).ended;
  expect(embedded).toMatchObject({
    code: 1,
    err: `STORE_UNAVAILABLE: The directory ${file} cannot be written; set DATA_DIR to one that can.\n`,
  });
});

test('--help prints every setting, even where the settings are wrong', async () => {
  const { code, out, err } = await start({ PORT: 'http' }, ['--help']).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const names = out.match(/^[A-Z][A-Z_]+/gm);
  expect(names).toEqual(Object.keys(settings).map(nameOf));
  expect(out).toContain('PASS_SECRET_FILE');
});
