import { readConfig } from '../../runtime/config.ts';
import { stopSignal } from '../../runtime/terminal/stop.ts';
import { runSeed } from './run.ts';

process.exitCode = await runSeed(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: readConfig,
});
