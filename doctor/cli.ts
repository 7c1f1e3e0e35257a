import { readFileSync } from 'node:fs';
import { readConfig } from '../runtime/config.ts';
import { runDoctor } from './run.ts';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly engines: { readonly node: string };
};
process.exitCode = await runDoctor(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  config: (flags) => readConfig(undefined, flags),
  node: { version: process.versions.node, least: engines.node },
});
