import { readConfig } from '../../runtime/config.ts';
import { stopSignal } from '../../runtime/terminal/stop.ts';
import { runImport } from './run.ts';

process.exitCode = await runImport(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: () => readConfig(),
});
