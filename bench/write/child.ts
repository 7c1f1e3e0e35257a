/** Contenders in processes of their own. All of them end with this one. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { BulkOrder, BulkResult } from './bulk.ts';
import type { Contender, Place } from './contender.ts';
import type { Slice, Stretch } from './load.ts';
import type { Order } from './process.ts';

export interface Child {
  measure(stretch: Stretch): Promise<Slice>;
  bulk(order: BulkOrder): Promise<BulkResult>;
  untilAccepted(): Promise<number | null>;
  end(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Starts a contender over an empty database; rejects with the reason where it cannot. */
export async function start(contender: Contender, place: Place, latency: number): Promise<Child> {
  const child = fork(
    new URL('process.ts', import.meta.url),
    [contender.key, JSON.stringify(place), String(latency)],
    {
      env: { ...process.env, NODE_ENV: 'production' },
      // As `npm start` runs the product, and every peer alike.
      execArgv: [
        '--max-semi-space-size=64',
        ...process.execArgv.filter((one) => one.startsWith('--cpu-prof')),
      ],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  running.add(child);
  child.once('exit', () => running.delete(child));
  let trouble = '';
  child.stderr?.on('data', (chunk: unknown) => (trouble = (trouble + String(chunk)).slice(-2000)));

  const gone = once(child, 'exit').then(() => ({ failed: trouble.trim() || 'it ended' }));
  async function answer<Result>(): Promise<Result> {
    const told = await Promise.race([
      once(child, 'message').then(([message]) => message as { result: Result } | { failed: string }),
      gone,
    ]);
    if ('failed' in told) throw new Error(`${contender.title}: ${told.failed}`);
    return told.result;
  }
  const ask = <Result>(order: Order): Promise<Result> => {
    child.send(order);
    return answer<Result>();
  };

  await answer();
  return {
    measure: (stretch) => ask({ measure: stretch }),
    bulk: (order) => ask({ bulk: order }),
    untilAccepted: () => ask({ untilAccepted: true }),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(force);
    },
  };
}

/** Ends all that still run, without waiting. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
