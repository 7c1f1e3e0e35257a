import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as listener } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clockOf } from '../../doctor/clock.ts';
import { exitCodeFor, type Finding } from '../../doctor/finding.ts';
import { auditKey, certificate } from '../../doctor/keys.ts';
import { exposure, nodeVersion } from '../../doctor/program.ts';
import { runDoctor } from '../../doctor/run.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb, requireDurable, risksOf } from '../../runtime/db/index.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { ROLES } from '../../runtime/settings.ts';
import { openStore } from '../../subgraphs/store.ts';
import { ownCertificate } from '../support/certificate.ts';
import { administer, createDatabase, onPostgres } from '../support/store.ts';

type Environment = Readonly<Record<string, string>>;
const quiet = { PORT: '0', SANDBOX_PORT: 'off' };
const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
afterAll(() => rm(folder, { recursive: true }));

async function run(environment: Environment, ...given: string[]) {
  const written = { out: '', err: '' };
  const code = await runDoctor(given, {
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
    config: (flags) => readConfig({ DATA_DIR: join(folder, 'none'), ...quiet, ...environment }, flags),
    node: { version: '24.1.0', least: '>=22.18' },
  });
  return { code, ...written };
}

/** What was found, by what was looked at. */
async function found(environment: Environment, ...given: string[]) {
  const { code, out } = await run(environment, '--json', ...given);
  const findings = JSON.parse(out) as readonly Finding[];
  return { code, of: (check: string) => findings.find((one) => one.check === check), findings };
}

const durable = { fsync: true, synchronousCommit: 'on', fullPageWrites: true };
const risky = [
  ['fsync', { ...durable, fsync: false }],
  ['synchronous_commit', { ...durable, synchronousCommit: 'off' }],
  ['full_page_writes', { ...durable, fullPageWrites: false }],
] as const;
test.each(risky)(
  'a server with %s off is told of by name, and refused where durability is required',
  (name, it) => {
    expect(risksOf(it)).toEqual([expect.stringContaining(`${name} off`)]);
    expect(risksOf(it)).toEqual([expect.stringContaining(`set ${name} = on.`)]);
    expect(() => {
      requireDurable(it);
    }).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
  },
);

test('a server that keeps what it acknowledges has no risk, whoever it waits for', () => {
  for (const synchronousCommit of ['on', 'local', 'remote_write', 'remote_apply'])
    expect(risksOf({ ...durable, synchronousCommit })).toEqual([]);
});

test('production requires durability, unless told otherwise', () => {
  const of = (more: Environment) => readConfig(more).databaseDurability;
  expect(of({})).toBe('advised');
  expect(of({ NODE_ENV: 'production' })).toBe('required');
  expect(of({ NODE_ENV: 'production', DATABASE_DURABILITY: 'advised' })).toBe('advised');
});

test('Node.js, clocks, certificates, keys and what production shows are judged', () => {
  const verdicts = (...all: { verdict: string }[]) => all.map(({ verdict }) => verdict);
  const node = ['22.18.0', '23.0.1', '24.1.0', '22.17.9', '20.20.2'];
  expect(verdicts(...node.map((version) => nodeVersion(version, '>=22.18')))).toEqual([
    ...['OK', 'OK', 'OK', 'FAIL', 'FAIL'],
  ]);
  const at = (theirs: number, exact = 0) =>
    clockOf('x', { asked: 100_000, answered: 100_100, theirs, exact });
  expect(verdicts(at(100_050), at(99_200), at(98_000), at(98_500, 1000), at(103_000))).toEqual([
    ...['OK', 'OK', 'WARN', 'OK', 'WARN'],
  ]);
  const [own, other] = [ownCertificate(), ownCertificate()];
  const tls = (days: number, { cert, key } = own) =>
    certificate({ tlsCert: cert, tlsKey: key }, Date.now() + days * 86_400_000);
  expect(verdicts(tls(0), tls(4), tls(-2), tls(0, { cert: own.cert, key: other.key }))).toEqual([
    ...['WARN', 'FAIL', 'FAIL', 'FAIL'],
  ]);
  const key = (nodeEnv: 'production' | 'test', more: object = {}) =>
    auditKey({ roles: new Set(['audit']), auditKey: undefined, databaseUrl: undefined, nodeEnv, ...more });
  expect(verdicts(key('test'), key('production'), key('production', { auditKey: newSealKey() }))).toEqual([
    ...['WARN', 'FAIL', 'OK'],
  ]);
  const shown = { nodeEnv: 'production', graphiql: false, introspection: false, trustedDocuments: 'only' };
  expect(verdicts(exposure(shown), exposure({ ...shown, introspection: true }))).toEqual(['OK', 'WARN']);
});

test('the exit code is 1 where something fails, and with --strict where something is warned of', () => {
  const of = (verdict: Finding['verdict']): Finding[] => [{ check: 'x', verdict, says: 'y' }];
  expect(['OK', 'WARN', 'FAIL'].map((one) => exitCodeFor(of(one as 'OK'), false))).toEqual([0, 0, 1]);
  expect(['OK', 'WARN', 'FAIL'].map((one) => exitCodeFor(of(one as 'OK'), true))).toEqual([0, 1, 1]);
});

test('settings that do not count are told with their remedy, and nothing else is looked at', async () => {
  const { code, findings } = await found({ PORT: 'x' });
  expect(code).toBe(1);
  expect(findings.map(({ check }) => check)).toEqual(['node', 'settings']);
  expect(findings[1]?.remedy).toBe('PORT must be a whole number from 0 to 65535.');
  expect((await found({}, '--production')).of('settings')?.verdict).toBe('FAIL');
});

test('without a store nothing is made, and it is no fault', async () => {
  const { code, of } = await found({});
  expect(code).toBe(0);
  expect(of('store')).toMatchObject({ verdict: 'OK', says: expect.stringContaining('no store') });
  expect((await run({}, '--help')).out).toContain('npm run doctor');
  expect((await run({}, '--nonsense')).code).toBe(1);
});

test('a taken port, subgraphs, Redis and issuers that do not answer are told, each with a remedy', async () => {
  const taken = listener().listen(0, '127.0.0.1');
  taken.on('connection', (socket) => socket.destroy());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const nowhere = 'http://127.0.0.1:1';
  const { of, code, findings } = await found({
    ...{ PORT: String(port), REDIS_URL: 'redis://:canary-r@127.0.0.1:1', PASS_SECRET: 'canary-p'.repeat(5) },
    ...{ OIDC_ISSUER: nowhere, OIDC_AUDIENCE: 'graph' },
    ...{ DATABASE_URL: 'postgres://u:canary-d@127.0.0.1:1/x', DATA_DIR: '' },
    ...{ ROLES: ROLES.filter((role) => role !== 'billing').join(','), BILLING_URL: `${nowhere}/billing` },
  });
  taken.close();
  expect(code).toBe(1);
  expect(['port', 'store', 'billing', 'tokens'].map((check) => of(check)?.verdict)).toEqual([
    ...['FAIL', 'FAIL', 'FAIL', 'FAIL'],
  ]);
  expect(of('redis')?.verdict).toBe('WARN');
  for (const { verdict, remedy } of findings) expect(remedy === undefined).toBe(verdict === 'OK');
  expect(JSON.stringify(findings)).not.toContain('canary');
});

describe('on an embedded store', () => {
  const directory = join(folder, 'store');
  let close: () => Promise<void>;
  beforeAll(async () => {
    const { db } = await openStore(readConfig({ DATA_DIR: directory }), () => undefined);
    close = () => db.close();
  });

  test('it says what it survives, what is to be applied yet, and that a process has it', async () => {
    const used = await found({ DATA_DIR: directory });
    expect(used.of('store')).toMatchObject({
      verdict: 'WARN',
      says: expect.stringContaining(
        'survives a crash of the process, not of the machine; a process has it open',
      ),
    });
    await close();
    const free = await found({ DATA_DIR: directory });
    expect(free.of('clock')?.verdict).toBe('OK');
    // The store's own are applied; those of the houses of coordination and of documents are not.
    expect(free.of('migrations')?.says).toMatch(/^\d+ migrations are not applied yet$/);
    expect(free.code).toBe(0);
  });
});

onPostgres(() => {
  test('a server is looked at without a trace, and one that can lose writes is not begun on', async () => {
    const databaseUrl = await createDatabase();
    const at = { DATABASE_URL: databaseUrl, DATA_DIR: '' };
    const empty = await found(at);
    expect(empty.of('store')?.verdict).toBe('OK');
    expect(empty.of('migrations')?.verdict).toBe('WARN');
    const look = await openDb({ databaseUrl, readOnly: true });
    await expect(look.query('create table made (id int)')).rejects.toThrow('read-only');
    expect(await look.query(`select 1 from pg_extension where extname = 'pg_trgm'`)).toEqual([]);
    await look.close();
    await administer(
      databaseUrl,
      `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`,
    );
    expect((await found(at)).of('store')).toMatchObject({
      verdict: 'WARN',
      remedy: "Mend the server's settings: synchronous_commit = on.",
    });
    const required = { ...at, DATABASE_DURABILITY: 'required' };
    expect((await found(required)).of('store')?.verdict).toBe('FAIL');
    await expect(openStore(readConfig({ ...required, DATA_DIR: '' }), () => undefined)).rejects.toThrow(
      'synchronous_commit off and can lose acknowledged writes',
    );
  });
});
