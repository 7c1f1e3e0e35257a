/** A process: one contender. Arguments: its key, and the port of the subgraphs. */
import { contenders } from './contenders/index.ts';
import { report, tell } from './ipc.ts';
import { serve } from './serve.ts';

const [key, subgraphPort] = process.argv.slice(2);
try {
  const contender = contenders.find((one) => one.key === key);
  if (!contender) throw new Error(`there is no contender "${key}"`);
  const listener = await contender.start((name) => `http://127.0.0.1:${subgraphPort}/${name}`);
  const { port } = await serve(listener);
  report(port);
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
  process.disconnect?.();
}
