import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runDrift } from '../../coordination/drift/terminal/run.ts';
import { openKeeping } from '../../house/keeping.ts';
import { readConfig } from '../../runtime/config.ts';
import { openDb } from '../../runtime/db/index.ts';
import { openWorld } from './world.ts';

let folder: string;
let edited: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drift-'));
  const db = await openDb({ directory: folder });
  const world = await openWorld(db, 20);
  [edited = ''] = world.ids;
  await world.edit('BILLING', edited, { name: 'By Hand' });
  await world.edit('ERP', edited, { OrganizationBPName1: 'By Hand' });
  await db.close();
});
afterAll(() => rm(folder, { recursive: true }));

/** What the command wrote, and its exit code. */
async function drift(...given: string[]) {
  let [out, err] = ['', ''];
  const code = await runDrift(given, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    signal: new AbortController().signal,
    open: () => openKeeping(readConfig({ DATA_DIR: folder }), { write: (text) => (err += text) }),
  });
  return { code, out, err };
}

test('a command line that asks for nothing there is opens no store', async () => {
  expect(await drift('--help')).toMatchObject({ code: 0, err: '' });
  expect((await drift('sweep', '--policy', 'guess')).err).toBe('--policy must be ask or repair.\n');
  expect((await drift('mend')).code).toBe(1);
});

test('a sweep tells its figures, a list what differs without values, and a repair puts it right', async () => {
  const swept = await drift('sweep');
  expect(swept.out).toMatch(
    /copies were compared: [\d,]+ are equal, 2 differ \(2 asked about anew, 0 to be repaired\)/,
  );
  const listed = await drift('list', '--state', 'ASKED');
  const rows = listed.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { customer: string; system: string; attribute: string });
  expect(rows.map(({ system }) => system).sort()).toEqual(['BILLING', 'ERP']);
  expect(rows).toMatchObject([{ customer: edited, attribute: 'name' }, { attribute: 'name' }]);
  expect(listed.out).not.toContain('By Hand');
  expect(await drift('repair', '--system', 'ERP')).toMatchObject({
    code: 0,
    out: '1 copies are as their owners have them again, 0 are not yet.\n',
  });
  expect((await drift('list')).out).toMatch(/^[^\n]*"system":"BILLING"[^\n]*\n$/);
  const repaired = await drift('sweep', '--policy', 'repair');
  expect(repaired.out).toContain('1 differ (0 asked about anew, 0 to be repaired)');
  expect((await drift('repair')).code).toBe(0);
  expect((await drift('list')).out).toBe('');
});

test('there is no store to look at where there is none', async () => {
  const nowhere = await runDrift(['list'], {
    out: { write: () => undefined },
    err: { write: () => undefined },
    signal: new AbortController().signal,
    open: () => openKeeping(readConfig({ DATA_DIR: join(folder, 'nowhere') }), { write: () => undefined }),
  });
  expect(nowhere).toBe(1);
});
