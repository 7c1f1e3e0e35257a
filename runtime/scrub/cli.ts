import { readConfig } from '../config.ts';
import { stopSignal } from '../terminal/stop.ts';
import { runScrub } from './run.ts';

process.exitCode = await runScrub(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
  config: readConfig,
});
