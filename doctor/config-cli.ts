import { ownSettings } from '../runtime/config.ts';
import { runConfig } from './config-run.ts';

process.exitCode = await runConfig(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  places: ownSettings,
});
