/** A process: one contender. Arguments: its key, and the place of its store. */
import { answering, now } from './asking.ts';
import { changeOf } from './changes.ts';
import { contenders, type Running } from './contender.ts';

export type Order =
  | 'start'
  | 'reading'
  | 'memory'
  /** Lets the change of this number happen; answers with the moment of its commit. */
  | { readonly publish: number };

/** Of one contender, since its start. */
export interface Reading {
  /** Microseconds, user and system together. */
  readonly cpu: number;
  readonly subscribers: number;
  readonly executions: number;
}

/** Bytes, after garbage was collected. */
export interface Memory {
  /** Of JavaScript's heap, and what it holds outside of it. */
  readonly heap: number;
  readonly resident: number;
}

const [key, place = ''] = process.argv.slice(2);
let running: Running | undefined;
let waiting: { readonly number: number; readonly committed: (at: number) => void }[] = [];
let committing = false;

/** One commit after the other, in the order of the numbers; what comes meanwhile is committed together, as a feed's page is. */
function published(number: number): Promise<number> {
  return new Promise((committed, reject) => {
    waiting.push({ number, committed });
    if (!committing) commit().catch(reject);
  });
}

async function commit(): Promise<void> {
  committing = true;
  while (waiting.length > 0) {
    const group = waiting;
    waiting = [];
    await running?.publish(group.map((one) => changeOf(one.number)));
    const at = now();
    for (const { committed } of group) committed(at);
  }
  committing = false;
}

answering<Order>(async (order) => {
  if (order === 'start') {
    const contender = contenders.find((one) => one.key === key);
    if (!contender) throw new Error(`there is no contender "${key}"`);
    running = await contender.start(place);
    return running.port;
  }
  if (!running) throw new Error('it was not started');
  if (order === 'memory') return memory();
  if (order === 'reading') {
    const { user, system } = process.cpuUsage();
    const [subscribers, executions] = [running.subscribers(), running.executions()];
    return { cpu: user + system, subscribers, executions } satisfies Reading;
  }
  return published(order.publish);
});
process.once('SIGTERM', () => {
  void (running?.stop() ?? Promise.resolve()).finally(() => process.exit(0));
});

async function memory(): Promise<Memory> {
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
