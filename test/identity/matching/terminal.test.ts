import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import {
  createIdentity,
  identityMigrations,
  startDuplicateSweeps,
  verdictDecided,
} from '../../../identity/index.ts';
import { runDuplicates, workOf } from '../../../identity/terminal/run.ts';
import { auditMigrations } from '../../../audit/index.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../../runtime/db/index.ts';
import { exitCodeOf } from '../../../runtime/terminal/terminal.ts';
import { stewardMigrations } from '../../../steward/index.ts';
import { page } from '../../../steward/items.ts';
import { seal } from '../../support/seal.ts';
import { customer } from '../support.ts';

let db: Db;
let ids: readonly string[];
beforeAll(async () => {
  db = await openDb({});
  const folders = [auditMigrations, stewardMigrations, identityMigrations];
  await migrate(db, await loadMigrations(folders.map((folder) => fileURLToPath(folder))));
  const facts = { name: 'Canary Futterkiste', country: 'DE', phones: ['030 7654321'] };
  ids = await createIdentity({ db, seal }).register.enrol([
    customer(1, facts),
    customer(2, { ...facts, name: 'Canary-Futterkiste GmbH' }),
    customer(3, { ...facts, name: 'Canary Futterkiste', phones: [], country: null }),
    customer(4, { name: 'Unlike' }),
  ]);
});
afterAll(() => db.close());

function terminal(aborted = false) {
  const told = { out: '', err: '' };
  const screen = (name: keyof typeof told) => ({ write: (text: string) => (told[name] += text) });
  const signal = aborted ? AbortSignal.abort() : new AbortController().signal;
  return { told, out: screen('out'), err: screen('err'), signal };
}

async function run(given: string, { aborted = false } = {}) {
  const { told, ...one } = terminal(aborted);
  const code = await exitCodeOf(async () => workOf(given.split(' '))(db, one), one.err);
  return { code, ...told };
}
const items = () => page(db, { states: ['OPEN'] }, { most: 10, after: null });

test('a sweep tells what it found, asks stewards where it is told to, and takes back what a person has decided', async () => {
  expect(await run('sweep', { aborted: true })).toMatchObject({ code: 130 });
  const swept = await run('sweep');
  expect(swept).toMatchObject({
    code: 0,
    out: expect.stringMatching(/: 1 are the same, 2 are to be decided by a person\./),
  });
  expect(await items()).toEqual([]);

  const listed = await run('list');
  const pairs = listed.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(pairs.map(({ verdict }) => verdict)).toEqual(['SAME', 'ASK', 'ASK']);
  expect(listed.out).not.toMatch(/canary/i);
  expect((await run('list --verdict SAME --first 1')).out.trim().split('\n')).toEqual([
    JSON.stringify(pairs[0]),
  ]);

  expect(await run('sweep --raise')).toMatchObject({ code: 0 });
  expect(await run('sweep --raise')).toMatchObject({ code: 0 });
  const raised = await items();
  expect(raised).toHaveLength(3);
  expect(raised.map(({ kind }) => kind)).toEqual(Array(3).fill('POSSIBLE_DUPLICATE'));
  expect(JSON.stringify(raised)).not.toMatch(/canary/i);

  const [a, b] = ids.toSorted();
  expect(await run(`decide ${b} ${a} DIFFERENT --by anna`)).toMatchObject({ code: 0 });
  expect(await db.query('select entry from audit_pending order by id')).toMatchObject(
    [a, b].map((entityId) => ({
      entry: { action: 'DECISION', actor: 'anna', outcome: 'DIFFERENT', entityId },
    })),
  );
  const rest = await items();
  expect(rest).toHaveLength(2);
  const [item] = rest;
  if (!item) return;
  await verdictDecided(db)({
    ...{ item, decision: 'SAME', customer: null, reason: 'one company', by: 'ann' },
    ...{ at: '2026-03-01T09:30:00.000Z', approve: [], approvedBy: null },
  });
  expect((await run('list')).out.trim().split('\n')).toHaveLength(1);
});

test('a server sweeps by itself when it is time, asks stewards, and stops when it is told to', async () => {
  await db.script(`delete from identity_verdict; update identity_customer set blocks = null where name = 'unlike';
    update identity_sweep set ended_at = clock_timestamp() - interval '1 hour'`);
  const ended = Promise.withResolvers<undefined>();
  const noticing: Db = {
    ...db,
    async transaction(work) {
      const statements: string[] = [];
      const done = await db.transaction((tx) =>
        work({ ...tx, query: (sql, parameters) => (statements.push(sql), tx.query(sql, parameters)) }),
      );
      if (statements.some((sql) => sql.includes('running = false'))) ended.resolve(undefined);
      return done;
    },
  };
  const stop = startDuplicateSweeps({ db: noticing, interval: 1800_000, failed: ended.reject });
  await ended.promise;
  await stop();
  expect(await items()).toHaveLength(3);
  expect(await db.query('select from identity_customer where blocks is null')).toEqual([]);
  expect(await db.query('select from identity_sweep where running or held_by is not null')).toEqual([]);
});

test('with the interval 0 a server never sweeps, and still puts customers into blocks', async () => {
  await db.script(`update identity_customer set blocks = null; update identity_sweep set ended_at = null`);
  const filled = Promise.withResolvers<undefined>();
  const noticing: Db = {
    ...db,
    transaction: (work) =>
      db.transaction(work).finally(() => {
        filled.resolve(undefined);
      }),
  };
  const stop = startDuplicateSweeps({ db: noticing, interval: 0, failed: filled.reject });
  await filled.promise;
  await stop();
  expect(await db.query('select from identity_customer where blocks is null')).toEqual([]);
  expect(await db.query('select from identity_sweep where running or ended_at is not null')).toEqual([]);
});

test.each([
  ['', 'Say "sweep", "list" or "decide"'],
  ['constructor', 'Say "sweep", "list" or "decide"'],
  ['sweep --fast', 'help'],
  ['list --verdict MAYBE', '--verdict must be SAME or ASK'],
  ['list --first 0', '--first must be a whole number'],
  ['decide a b', 'Say two ids'],
  ['decide a b SAME --by anna', 'UUID'],
  ['decide 0190a0b0-0000-7000-8000-0000000000ff 0190a0b0-0000-7000-8000-0000000000fe SAME', '--by'],
  [
    'decide 0190a0b0-0000-7000-8000-0000000000ff 0190a0b0-0000-7000-8000-0000000000fe SAME --by anna',
    'no two customers',
  ],
])('%j is refused with a sentence', async (given, sentence) => {
  expect(await run(given)).toMatchObject({ code: 1, err: expect.stringContaining(sentence) });
});

test('a store that is not there is not made', async () => {
  const { told, ...one } = terminal();
  const config = () => ({ databaseUrl: undefined, databaseSchema: undefined, dataDir: '/nowhere/at/all' });
  expect(await runDuplicates(['sweep'], { ...one, config })).toBe(1);
  expect(told.err).toContain('There is no store');
  expect(await runDuplicates(['--help'], { ...one, config })).toBe(0);
  expect(told.out).toContain('npm run duplicates');
});
