import { stopSignal } from '../../runtime/terminal/stop.ts';
import { runWrite } from './run.ts';

process.exitCode = await runWrite(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: stopSignal(process.stderr),
});
