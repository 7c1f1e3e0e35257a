import { readConfig } from '../runtime/config.ts';
import { stopSignal } from '../runtime/terminal/stop.ts';
import { runAudit } from './run.ts';

process.exitCode = await runAudit(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: readConfig,
});
