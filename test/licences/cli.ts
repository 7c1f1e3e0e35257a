import { readFileSync } from 'node:fs';
import { refusedLicences, type Locked } from './judge.ts';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const refused = refusedLicences(lock.packages);
for (const sentence of refused) process.stderr.write(`${sentence}\n`);
if (refused.length > 0) process.exitCode = 1;
else process.stdout.write(`${Object.keys(lock.packages).length - 1} packages, all under licences that do.\n`);
