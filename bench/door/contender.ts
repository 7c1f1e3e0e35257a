/** A process: one contender, named by its first argument; the second has the keys of who issues tokens. */
import { report, tell } from '../read/ipc.ts';
import { serve } from '../read/serve.ts';
import { contenders, listenerOf } from './contenders.ts';

const [key, keys = ''] = process.argv.slice(2);
try {
  const contender = contenders.find((one) => one.key === key);
  if (!contender) throw new Error(`there is no contender "${key}"`);
  const { port } = await serve(listenerOf(contender, keys));
  report(port);
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
  process.disconnect?.();
}
