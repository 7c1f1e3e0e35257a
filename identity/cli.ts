import { readConfig } from '../runtime/config.ts';
import { stopSignal } from '../runtime/terminal/stop.ts';
import { runDuplicates } from './terminal/run.ts';

process.exitCode = await runDuplicates(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: readConfig,
});
