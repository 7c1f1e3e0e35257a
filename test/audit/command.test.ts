import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openAudit } from '../../audit/index.ts';
import { sealKeyOf } from '../../audit/key.ts';
import { runAudit } from '../../audit/run.ts';
import { chained } from '../../runtime/chain.ts';
import { openDb } from '../../runtime/db/index.ts';
import { newSealKey, publicKeyOf } from '../../runtime/seal.ts';
import { createLogger, createMetrics } from '../../runtime/telemetry.ts';
import { terminal } from '../seed/terminal.ts';
import { eager, entry, stageOver } from './stage.ts';

let folder: string;
let store: string;
let file: string;
const logged: string[] = [];

/** What a command wrote and how it ended. */
async function run(...given: string[]) {
  const here = terminal(store);
  return { code: await runAudit(given, here), ...here.written };
}

/** An embedded store in which ten things were done, as a server leaves it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-command-'));
  [store, file] = [join(folder, 'store'), join(folder, 'checkpoints.jsonl')];
  const db = await openDb({ directory: store });
  const stage = await stageOver(db);
  const config = {
    ...{ auditKey: undefined, auditCheckpointsFile: file, databaseUrl: undefined, dataDir: store },
    nodeEnv: 'development',
  } as const;
  const logger = createLogger({ level: 'warn', json: true, write: (line) => logged.push(line) });
  const audit = await openAudit(
    { db, config, metrics: createMetrics(), logger, rowsOf: () => null },
    { ...eager, interval: 5, signing: 0, batch: 100 },
  );
  await stage.record(...Array.from({ length: 10 }, (_, n) => entry(n + 1)));
  await audit.stop();
  await stage.end();
  await db.close();
});
afterAll(() => rm(folder, { recursive: true }));

test('an embedded store gets a key of its own, which only its owner may read, and says so once', async () => {
  expect(logged).toEqual([expect.stringContaining('A key that signs the audit was made')]);
  expect((await stat(join(store, 'audit-key.pem'))).mode & 0o777).toBe(0o600);
});

test('in production nothing is signed by a key beside the store', async () => {
  const production = {
    auditKey: undefined,
    databaseUrl: undefined,
    dataDir: folder,
    nodeEnv: 'production',
  } as const;
  await expect(sealKeyOf(production)).rejects.toThrow('Set AUDIT_KEY or AUDIT_KEY_FILE');
});

test('an audit that is whole says so, with figures', async () => {
  const { code, out } = await run('verify', '--checkpoints', file);
  expect(out).toMatch(/^10 entries checked: in order, none missing, each as it was sealed\./);
  expect(out).toMatch(/By action: DECISION 10\./);
  expect(out).toMatch(/Signed up to entry 10, by checkpoint \d+ of/);
  expect(code).toBe(0);
});

test('the audit is exported oldest first, each line with what its hash is over', async () => {
  const { code, out } = await run('export');
  expect(code).toBe(0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { hash: string; position: string; at: string });
  expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 1}`));
  lines.forEach(({ hash, ...told }, index) => {
    expect(chained(lines[index - 1]?.hash ?? '', told)).toBe(hash);
  });
  const [first] = lines;
  expect((await run('export', '--from', '2000-01-01', '--to', first?.at ?? '')).out).toBe('');
});

test('a file of checkpoints that is none proves nothing, whatever keys are named', async () => {
  const other = join(folder, 'other.pem');
  await writeFile(other, publicKeyOf(newSealKey()));
  const { code, out } = await run('verify', '--checkpoints', other, '--public-key', other, '--patience', '0');
  expect(out).toMatch(/^The file ends before checkpoint \d+ of the store/);
  expect(code).toBe(1);
});

test.each<[string, string[], RegExp]>([
  ['no command', [], /Say "verify" or "export"/],
  ['an unknown option', ['verify', '--all'], /--help shows what there is/],
  ['a time that is none', ['export', '--from', 'yesterday'], /--from must be a time in ISO 8601/],
  ['a file that is not there', ['verify', '--checkpoints', '/nowhere/at/all'], /There is no file/],
  ['a key that is none', ['verify', '--public-key', import.meta.filename], /must be an Ed25519 key/],
  ['a patience that is none', ['verify', '--patience', 'long'], /--patience must be a whole number/],
])('%s is refused in one sentence', async (_, given, sentence) => {
  const { code, out, err } = await run(...given);
  expect(err).toMatch(sentence);
  expect({ code, out }).toEqual({ code: 1, out: '' });
});

test('the help names every option', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const option of ['checkpoints', 'public-key', 'patience', 'age', 'unsigned', 'from'])
    expect(out).toContain(`--${option}`);
});

test('a store that nobody has signed is checked where that is said, and not proven', async () => {
  const { code, out } = await run('verify', '--unsigned');
  expect(out).toContain('None of it is signed: whoever can rewrite the store can rewrite it.');
  expect(code).toBe(0);
});
