import { expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import { createPass } from '../../runtime/pass.ts';
import type { Principal } from '../../runtime/principal.ts';

const secret = 'a'.repeat(32);
const alice: Principal = { subject: 'alice', scopes: new Set(['customer:read', 'tax:write']) };
const refused = { code: 'UNAUTHENTICATED' };
const key = new TextEncoder().encode(secret);
const claims = (): SignJWT =>
  new SignJWT({}).setIssuer('customer-graph').setAudience('erp').setSubject('mallory');
const presented = (token: string): Record<string, string> => ({ 'x-internal-pass': token });

test('a pass lets its principal into the subgraph it is for, and into no other', async () => {
  const headers = await createPass([secret]).headers('erp', alice);
  const door = createPass([secret]);
  const admitted = { principal: alice, caller: 'gateway' };
  expect(await door.verify(headers, 'erp')).toMatchObject(admitted);
  expect(await door.verify(headers, 'erp')).toMatchObject(admitted);
  await expect(door.verify(headers, 'crm')).rejects.toMatchObject(refused);
});

test('what an issuer says of a principal arrives with it', async () => {
  const carol: Principal = { ...alice, client: 'crm-portal', claims: { region: ['DE', 'AT'] } };
  const headers = await createPass([secret]).headers('erp', carol);
  expect((await createPass([secret]).verify(headers, 'erp')).principal).toEqual(carol);
});

test('what coordination signs says so, and nothing that is signed for the gateway does', async () => {
  const [pass, door] = [createPass([secret]), createPass([secret])];
  const ofBoth = [
    await pass.headers('erp', alice),
    await pass.headers('erp', alice, 'gateway'),
    await pass.headers('erp', alice, 'coordination'),
  ];
  const callers = ofBoth.map(async (headers) => (await door.verify(headers, 'erp')).caller);
  expect(await Promise.all(callers)).toEqual(['gateway', 'gateway', 'coordination']);
  const [, , participant = {}] = ofBoth;
  await expect(door.verify(participant, 'crm')).rejects.toMatchObject(refused);
  const both = await claims()
    .setSubject('alice')
    .setAudience(['erp', 'erp/participant'])
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 minute')
    .sign(key);
  expect((await door.verify(presented(both), 'erp')).caller).toBe('gateway');
});

test('a pass is signed once for many requests, and for each principal its own', async () => {
  const pass = createPass([secret]);
  const [one, same] = await Promise.all([pass.headers('erp', alice), pass.headers('erp', alice)]);
  expect(await pass.headers('erp', alice)).toEqual(same);
  expect(await pass.verify(one, 'erp')).toMatchObject({ principal: alice });
  const bob: Principal = { subject: 'bob', scopes: new Set() };
  expect(await pass.verify(await pass.headers('erp', bob), 'erp')).toMatchObject({ principal: bob });
});

test('secrets rotate: the previous one is accepted, an unknown one is not', async () => {
  const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)];
  const old = await createPass([older]).headers('erp', alice);
  const both = createPass([newer, older]);
  expect(await both.verify(old, 'erp')).toMatchObject({ principal: alice });
  expect(await createPass([newer]).verify(await both.headers('erp', alice), 'erp')).toMatchObject({
    principal: alice,
  });
  await expect(createPass([newer]).verify(old, 'erp')).rejects.toMatchObject(refused);
});

test('a secret is rotated process by process, and no pass is refused at any time', async () => {
  const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)];
  const stages = [[older], [older, newer], [newer, older], [newer]];
  for (const [index, before] of stages.entries()) {
    // Some processes have been started again with the next stage, the others not yet.
    const running = [before, stages[index + 1] ?? before].map((secrets) => createPass(secrets));
    for (const caller of running) {
      const headers = await caller.headers('erp', alice);
      for (const door of running)
        expect(await door.verify(headers, 'erp')).toMatchObject({ principal: alice });
    }
  }
  const hasty = await createPass([newer, older]).headers('erp', alice);
  await expect(createPass([older]).verify(hasty, 'erp')).rejects.toMatchObject(refused);
});

test('what is forged, expired, unsigned or missing is refused, and never let in as somebody less', async () => {
  const door = createPass([secret]);
  const { privateKey } = await generateKeyPair('RS256');
  const soon = '1 minute';
  const tokens = [
    await claims().setProtectedHeader({ alg: 'HS256' }).setExpirationTime('-1 minute').sign(key),
    await claims().setProtectedHeader({ alg: 'HS256' }).sign(key),
    await claims()
      .setProtectedHeader({ alg: 'HS512' })
      .setExpirationTime(soon)
      .sign(new TextEncoder().encode('a'.repeat(64))),
    await claims()
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(soon)
      .sign(new TextEncoder().encode('b'.repeat(32))),
    await claims().setProtectedHeader({ alg: 'RS256' }).setExpirationTime(soon).sign(privateKey),
    await claims()
      .setIssuer('somebody')
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(soon)
      .sign(key),
    await new SignJWT({})
      .setIssuer('customer-graph')
      .setAudience('erp')
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(soon)
      .sign(key),
    new UnsecuredJWT({})
      .setIssuer('customer-graph')
      .setAudience('erp')
      .setSubject('mallory')
      .setExpirationTime(soon)
      .encode(),
    'not a token',
    '',
  ];
  for (const token of tokens)
    await expect(door.verify(presented(token), 'erp')).rejects.toMatchObject(refused);
  await expect(door.verify({}, 'erp')).rejects.toMatchObject(refused);
  await expect(door.verify({ 'x-internal-pass': ['a', 'b'] }, 'erp')).rejects.toMatchObject(refused);
  const { 'x-internal-pass': good = '' } = await door.headers('erp', alice);
  const [head, , signature] = good.split('.');
  const other = Buffer.from(
    JSON.stringify({ sub: 'mallory', aud: 'erp', iss: 'customer-graph', exp: 9e9 }),
  ).toString('base64url');
  await expect(door.verify(presented(`${head}.${other}.${signature}`), 'erp')).rejects.toMatchObject(refused);
});

test('a process with other rules about rows is not let in, and none without them where there are some', async () => {
  const [theirs, ours, without] = [
    createPass([secret], 'theirs'),
    createPass([secret], 'ours'),
    createPass([secret]),
  ];
  const headers = await theirs.headers('erp', alice);
  expect(await createPass([secret], 'theirs').verify(headers, 'erp')).toMatchObject({ principal: alice });
  for (const door of [ours, without])
    await expect(door.verify(headers, 'erp')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('ROW_RULES_FILE'),
    });
  await expect(ours.verify(await without.headers('erp', alice), 'erp')).rejects.toThrow('ROW_RULES_FILE');
});

test('without a secret there is no pass', () => {
  expect(() => createPass([])).toThrow('PASS_SECRET');
});
