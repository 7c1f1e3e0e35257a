import { openKeeping } from '../../house/keeping.ts';
import { readConfig } from '../../runtime/config.ts';
import { stopSignal } from '../../runtime/terminal/stop.ts';
import { runDrift } from './terminal/run.ts';

process.exitCode = await runDrift(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  open: () => openKeeping(readConfig(), process.stderr),
});
