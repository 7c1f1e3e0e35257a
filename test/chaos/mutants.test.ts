import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { mutants } from './messages.ts';
import { edits, forgetful } from './mutants.ts';

test.each(mutants)('the bug of %s can be planted in the engine as it is', async (mutant) => {
  expect(edits[mutant].length).toBeGreaterThan(0);
  for (const edit of [...edits[mutant], ...forgetful]) {
    const file = 'file' in edit ? edit.file : 'coordination/migrations/0200_coordination.sql';
    const text = await readFile(file, 'utf8');
    expect(text.split(edit.from)).toHaveLength(2);
    expect(edit.to).not.toBe(edit.from);
  }
});
