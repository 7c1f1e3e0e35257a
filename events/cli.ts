import { readConfig } from '../runtime/config.ts';
import { stopSignal } from '../runtime/terminal/stop.ts';
import { runVerify } from './verify-run.ts';

process.exitCode = await runVerify(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: readConfig,
});
