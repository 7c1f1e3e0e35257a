import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const cli = join(dirname(dirname(import.meta.dirname)), 'schema', 'cli.ts');

test.each([
  ['an unknown option', ['--chek'], "Unknown option '--chek'"],
  ['an option without its value', ['--base'], "Option '--base <value>' argument missing"],
  ['a word that is no option', ['everything'], "Unexpected argument 'everything'"],
])('%s is refused with where to look', (_, args, message) => {
  const { status, stdout, stderr } = run(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('See npm run schema -- --help.');
});

test('a base without a schema is refused in one sentence', () => {
  const { status, stderr } = run(['--check', '--base', 'no-such-reference']);
  expect(status).toBe(1);
  expect(stderr).toContain(
    'There is no schema/generated/api.graphql at "no-such-reference"; name another reference or fetch it first.',
  );
});

test('the help names every option and exit status', () => {
  const { status, stdout } = run(['--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/--check .*--base REF .*--help .*Exit status: 0 .*1 .*2 /s);
});

function run(args: readonly string[]) {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
}
