import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keptTemplate } from '../../runtime/db/template.ts';

let folder: string;
let made = 0;
const make = (): Promise<ArrayBuffer> => new Blob([`content ${++made}`]).arrayBuffer();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'customer-graph-'));
  made = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const get = async (name = 'a.zst'): Promise<string> =>
  new TextDecoder().decode(await keptTemplate(join(folder, 'kept'), name, make));

test('it is made once per name, whole or not at all', async () => {
  expect([await get(), await get(), await get('b.zst')]).toEqual(['content 1', 'content 1', 'content 2']);
  expect(await readdir(join(folder, 'kept'))).toEqual(['a.zst', 'b.zst']);
});

test('a damaged or shortened file is not trusted, and made anew', async () => {
  await get();
  const path = join(folder, 'kept', 'a.zst');
  const file = await readFile(path);
  file[40] = (file[40] ?? 0) ^ 1;
  await writeFile(path, file);
  expect(await get()).toBe('content 2');
  await writeFile(path, (await readFile(path)).subarray(0, 20));
  expect(await get()).toBe('content 3');
  await writeFile(path, '');
  expect([await get(), await get()]).toEqual(['content 4', 'content 4']);
});

test('where nothing can be written it is made each time', async () => {
  await writeFile(join(folder, 'kept'), 'a file, not a folder');
  expect([await get(), await get()]).toEqual(['content 1', 'content 2']);
});
