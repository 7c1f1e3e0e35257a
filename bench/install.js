// Installs the peers of the benchmark the first time that they are needed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const folder = import.meta.dirname;
if (!existsSync(`${folder}/node_modules/.package-lock.json`)) {
  console.error(
    'The peers that are compared with are not installed yet: installing them into bench/node_modules.',
  );
  execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], { stdio: 'inherit' });
}
