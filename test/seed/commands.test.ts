import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openDb } from '../../runtime/db/index.ts';
import { runImport } from '../../subgraphs/import/run.ts';
import { runSeed } from '../../subgraphs/seed/run.ts';
import { terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const fileOf = (name: string, content: string | Buffer) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const good = fileOf('good.csv', 'AccountNumber,Name\nA,One\n');

test.each([
  ['no number of customers', [], 'Say how many: npm run seed -- --customers 1000 (--help shows more).'],
  ['too many', ['--customers', '1000001'], '--customers must be a whole number from 1 to 1000000.'],
  ['no number at all', ['--customers', 'many'], '--customers must be a whole number from 1 to 1000000.'],
  [
    'a seed out of range',
    ['--customers', '1', '--seed', '999'],
    '--seed must be a whole number from 0 to 998.',
  ],
  ['an unknown option', ['--nope'], "Unknown option '--nope'; --help shows what there is."],
])('seed, %s: one sentence, and nothing is opened', async (_, given, sentence) => {
  const { written, ...at } = terminal();
  expect([await runSeed(given, at), written]).toEqual([1, { out: '', err: `${sentence}\n` }]);
});

test.each([
  ['no file', ['crm'], 'Say the system and one file: npm run import -- crm FILE.csv (--help shows more).'],
  ['an unknown system', ['sap', good], 'There is no import into "sap"; possible is: crm.'],
  [
    'a file that is not there',
    ['crm', 'nowhere.csv'],
    'nowhere.csv cannot be read; name a file that is there.',
  ],
  ['a directory', ['crm', folder], `${folder} is a directory; name a file.`],
  ['an empty file', ['crm', fileOf('empty.csv', '')], `${join(folder, 'empty.csv')} is empty.`],
  [
    'a wrong encoding',
    ['crm', good, '--encoding', 'klingon'],
    '--encoding must be one of utf-8, utf-16le, windows-1252.',
  ],
  [
    'a spreadsheet',
    ['crm', fileOf('book.csv', 'PK\u0003\u0004rest')],
    `${join(folder, 'book.csv')} is a spreadsheet, not a text file; save it as "CSV UTF-8" and use that.`,
  ],
  [
    'no column for the number',
    ['crm', fileOf('headless.csv', 'Name,City\nA,B\n')],
    'No column holds the number by which an account is recognised; the file has "Name", "City". Name it: --mapping "Your header=AccountNumber".',
  ],
  [
    'a mapping of a column that is not there',
    ['crm', good, '--mapping', 'Firma=Name'],
    '--mapping names the column "Firma", which the file does not have: it has "AccountNumber", "Name".',
  ],
])('import, %s: one sentence, and nothing is opened', async (_, given, sentence) => {
  const { written, ...at } = terminal();
  expect([await runImport(given, at), written]).toEqual([1, { out: '', err: `${sentence}\n` }]);
});

test('a file of Windows-1252 is refused with what to do, and read when told so', async () => {
  const file = fileOf('old.csv', Buffer.from('AccountNumber,Name\nA,Müller\n', 'latin1'));
  const refused = terminal();
  expect(await runImport(['crm', file], refused)).toBe(1);
  expect(refused.written.err).toMatch(
    /is not UTF-8: .* add --encoding windows-1252 if an older Excel wrote it\.\n$/,
  );
  const read = terminal(join(folder, 'store'));
  expect(await runImport(['crm', file, '--encoding', 'windows-1252'], read)).toBe(0);
  expect(read.written.out).toMatch(/^1 row: 1 account made/);
});

test('a store that a server has open is refused with what to do', async () => {
  const directory = join(folder, 'in-use');
  const db = await openDb({ directory });
  const seeding = terminal(directory);
  const importing = terminal(directory);
  try {
    expect(await runSeed(['--customers', '10'], seeding)).toBe(1);
    expect(await runImport(['crm', good], importing)).toBe(1);
  } finally {
    await db.close();
  }
  expect(seeding.written.err).toMatch(/ is in use by process \d+; stop that process, or set DATA_DIR/);
  expect(importing.written.err).toBe(seeding.written.err);
});

test('both commands say what they do', async () => {
  const { written, ...at } = terminal();
  expect([await runSeed(['--help'], at), await runImport(['--help'], at)]).toEqual([0, 0]);
  expect(written.out).toMatch(/npm run seed .*npm run import /s);
  expect(written.err).toBe('');
});
