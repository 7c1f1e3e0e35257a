import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputs, inputsDigest } from './inputs.ts';

// Bundles the query page into dist/, which is committed: the packages it is made of are installed in a folder of
// their own and thrown away again, so that nobody who runs or changes the rest has to install them.
const here = import.meta.dirname;
const apart = mkdtempSync(join(tmpdir(), 'graphiql-'));
try {
  for (const name of inputs) cpSync(join(here, name), join(apart, name), { recursive: true });
  const run = (...command: string[]): Buffer =>
    execFileSync('npm', command, { cwd: apart, stdio: ['ignore', 'ignore', 'inherit'] });
  run('ci', '--no-audit', '--no-fund');
  run('run', 'bundle');
  rmSync(join(here, 'dist'), { recursive: true, force: true });
  cpSync(join(apart, 'dist'), join(here, 'dist'), { recursive: true });
  writeFileSync(join(here, 'dist/inputs'), `${inputsDigest()}\n`);
} finally {
  rmSync(apart, { recursive: true, force: true });
}
