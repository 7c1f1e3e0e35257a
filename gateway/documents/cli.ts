import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { everything, now } from '../../clients/changes.ts';
import { documents } from '../../coordination/bulk/documents.ts';
import { readConfig } from '../../runtime/config.ts';
import { stopSignal } from '../../runtime/terminal/stop.ts';
import { runOperations } from './run.ts';

const root = dirname(dirname(import.meta.dirname));

process.exitCode = await runOperations(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: readConfig,
  root,
  own: () => [...examples(), everything, now, ...documents],
});

function examples(): readonly string[] {
  const folder = join(root, 'examples');
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  return files.map((file) => readFileSync(join(folder, file), 'utf8'));
}
