import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openDb } from '../../runtime/db/index.ts';
import { runScrub } from '../../runtime/scrub/run.ts';
import { terminal } from '../seed/terminal.ts';
import { openGraph } from '../workflows/house.ts';
import { filesIn, filesOf, filesWith } from './files.ts';
import { answer, canaries, close, customerWith, ended, mergedInto, waiting } from './subject.ts';

const folder = await mkdtemp(join(tmpdir(), 'scrub-'));
afterAll(() => rm(folder, { recursive: true }));

test('forty values, and more, are in no file of the store once the customer is erased and the store is scrubbed', async () => {
  const directory = join(folder, 'store');
  const words = canaries();
  const graph = await openGraph({}, () => openDb({ directory }));
  const id = await customerWith(graph, words);
  await mergedInto(graph, id, words);
  await graph.store.db.query('analyze');
  await close(graph, id);
  const { id: workflow } = await waiting(graph, id);
  await answer(graph, workflow, true);
  expect(await ended(graph, workflow)).toMatchObject({ state: 'SUCCEEDED' });
  const old = await filesOf(graph.store.db);
  await graph.close();

  // That each would be found is seen where it was, and in which kinds of files.
  expect(words.all.size).toBeGreaterThanOrEqual(40);
  const before = filesWith(directory, words);
  const found = (part: string) =>
    new Set(before.filter((file) => file.startsWith(part)).map((file) => file.replace(/^.*?: /, '')));
  expect([...found('postgres/')].sort()).toEqual([...words.all.keys()].sort());
  for (const part of ['base', 'pg_wal']) expect(found(`postgres/${part}/`).size).toBeGreaterThan(40);

  const { written, ...at } = terminal(directory);
  expect(await runScrub([], at)).toBe(0);
  expect(written.out).toContain(`Nothing that was deleted is left in ${directory}.`);
  expect(filesWith(directory, words)).toEqual([]);
  // What was compressed there would not have been found: these files are gone as a whole.
  expect(old.length).toBeGreaterThan(100);
  const files = filesIn(directory);
  expect(old.filter((file) => files.includes(file))).toEqual([]);

  const again = await openGraph({}, () => openDb({ directory }));
  expect(await again.ask('query ($id: ID!) { customer(id: $id) { id } }', { id })).toEqual({
    customer: null,
  });
  await again.close();
}, 120_000);
