import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { runConfig } from '../../doctor/config-run.ts';
import { runDoctor } from '../../doctor/run.ts';
import { readConfig } from '../../runtime/config.ts';
import { newSealKey } from '../../runtime/seal.ts';
import { nameOf, ROLES, settings } from '../../runtime/settings.ts';
import { newWebhookSecret } from '../../runtime/signature.ts';

type Environment = Readonly<Record<string, string>>;
const folder = await mkdtemp(join(tmpdir(), 'config-'));
afterAll(() => rm(folder, { recursive: true }));

async function run(places: { environment?: Environment; file?: Environment }, ...given: string[]) {
  const written = { out: '', err: '' };
  const code = await runConfig(given, {
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
    places: () => ({ environment: {}, file: {}, ...places }),
  });
  return { code, ...written };
}

test('each setting is shown with where it comes from', async () => {
  const pass = join(folder, 'pass');
  await writeFile(pass, 'p'.repeat(32));
  const { out, code } = await run(
    {
      environment: { PORT: '5000', HOST: '', WRITE_RATES: 'erp=5,crm=7' },
      file: { PORT: '6000', HOST: '::1', SANDBOX_PORT: 'off', PASS_SECRET_FILE: pass },
    },
    'print',
  );
  expect(code).toBe(0);
  for (const line of [
    'PORT=5000  # environment',
    'HOST=127.0.0.1  # default',
    'SANDBOX_PORT=off  # .env',
    `PASS_SECRET=(secret)  # file ${pass} (.env)`,
    'WRITE_RATES=erp=5,crm=7  # environment',
    'GRAPHIQL=on  # default',
    'DATABASE_DURABILITY=advised  # default',
  ])
    expect(out.split('\n')).toContain(line);
  const json = JSON.parse((await run({ environment: { PORT: '1' } }, 'print', '--json')).out) as unknown;
  expect(json).toContainEqual({ name: 'PORT', value: '1', from: 'environment' });
});

test('what would not start does not pass, and a misspelt name neither', async () => {
  const good = { environment: { AUTHENTICATION: 'development' } };
  expect(await run(good, 'check')).toMatchObject({ code: 0, err: '' });
  expect(await run({}, 'check', '--development')).toMatchObject({ code: 0 });
  expect(await run({}, 'check')).toMatchObject({ code: 1, err: expect.stringContaining('Set OIDC_ISSUER') });
  expect(await run({ environment: { PORT: 'x' } }, 'check')).toMatchObject({
    code: 1,
    err: 'PORT must be a whole number from 0 to 65535.\n',
  });
  const file = { PROT: '1', PORT_FILE: '/x', PASS_SECRET_FILE: '' };
  expect(await run({ ...good, file }, 'check')).toMatchObject({
    code: 1,
    err: 'In .env these are no settings: PROT, PORT_FILE.\n',
  });
  expect(await run({}, 'chekc')).toMatchObject({ code: 1, out: '' });
  expect((await run({}, '--help')).out).toContain('npm run config');
});

const secrets: Environment = {
  PASS_SECRET: `canary-pass-${'p'.repeat(32)}`,
  DATABASE_URL: 'postgres://graph:canary-database@127.0.0.1:1/graph',
  REDIS_URL: 'redis://:canary-redis@127.0.0.1:1',
  AUDIT_KEY: newSealKey(),
  TLS_CERT: '-----BEGIN CERTIFICATE-----canary-certificate',
  TLS_KEY: '-----BEGIN PRIVATE KEY-----canary-key',
  WEBHOOK_SECRET_CRM: newWebhookSecret(),
  WEBHOOK_SECRET_ERP: newWebhookSecret(),
  WEBHOOK_SECRET_BILLING: newWebhookSecret(),
};
const login = { BILLING_URL: 'http://canary-user:canary-word@127.0.0.1:1/billing' };
const roles = ROLES.filter((role) => role !== 'billing').join(',');
const whole = { ...secrets, ...login, AUTHENTICATION: 'development', ROLES: roles, PORT: '0' };

/** What of a secret must not be found: all of it, and what makes it one. */
const marks = [...Object.values(secrets), 'canary-'].flatMap((secret) =>
  secret.split(/\n|^whsec_/).filter((line) => line.length > 6 && !/^-----[A-Z ]+-----$/.test(line)),
);

test('no secret is in anything that is printed, right or wrong, in a variable or a file', async () => {
  const named = Object.entries(settings)
    .filter(([, one]) => 'secret' in one)
    .map(([key]) => nameOf(key));
  expect(Object.keys(secrets).sort()).toEqual(named.sort());
  const doctor = async (environment: Environment, ...given: string[]) => {
    let text = '';
    const write = (more: string) => (text += more);
    await runDoctor(given, {
      ...{ out: { write }, err: { write }, node: { version: '24.0.0', least: '>=22' } },
      config: () => readConfig(environment),
    });
    return text;
  };
  const outputs: string[] = [await doctor(whole), await doctor(whole, '--json')];
  for (const given of [['print'], ['print', '--json'], ['check']]) {
    const { out, err } = await run({ environment: whole }, ...given);
    outputs.push(out, err);
  }
  // What is refused is told of by name.
  for (const name of named) {
    const wrong = { ...whole, [name]: 'canary-wrong', [`${name}_FILE`]: '/nowhere' };
    const { out, err } = await run({ environment: wrong }, 'check');
    expect(err).toContain(name);
    outputs.push(out, err, await doctor(wrong));
  }
  expect(outputs.join('\n').length).toBeGreaterThan(5_000);
  for (const mark of marks) for (const output of outputs) expect(output).not.toContain(mark);
});
