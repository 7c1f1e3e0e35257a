import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Puts a table where a page has `<!-- mark -->` and `<!-- /mark -->`.
 * @param page relative to the root of the repository, e.g. `README.md`
 */
export function writeTable(page: string, mark: string, table: string): void {
  const path = fileURLToPath(new URL(`../${page}`, import.meta.url));
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const before = readFileSync(path, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`${page} has no place for the table: put ${begin} and ${end} there.`);
  writeFileSync(path, `${before.slice(0, from + begin.length)}\n\n${table}\n\n${before.slice(to)}`);
  execFileSync(fileURLToPath(new URL('../node_modules/.bin/prettier', import.meta.url)), ['--write', path]);
}
