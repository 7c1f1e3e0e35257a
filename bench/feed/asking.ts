/** Questions and answers between the benchmark and its processes, several under way at a time. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Question {
  readonly id: number;
  readonly order: unknown;
}
type Reply =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failed: string };

/** Milliseconds on a clock that all processes of this machine share. */
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();
export const now = (): number => performance.now() + offset;

const running = new Set<ChildProcess>();

export interface Child<Order> {
  ask<Result>(order: Order): Promise<Result>;
  end(): Promise<void>;
}

/** Starts a module of this folder as a process; whatever is asked of it rejects when it has ended. */
export function start<Order>(
  module: string,
  parameters: readonly string[],
  node: readonly string[] = [],
): Child<Order> {
  const child = fork(new URL(module, import.meta.url), parameters, {
    env: { ...process.env, NODE_ENV: 'production' },
    // As `npm start` runs the product, and every peer alike; memory is measured after garbage was collected.
    execArgv: ['--max-semi-space-size=64', '--expose-gc', ...node],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  running.add(child);
  let trouble = '';
  child.stderr?.on('data', (chunk: unknown) => (trouble = (trouble + String(chunk)).slice(-2000)));
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on('message', (reply: Reply) => {
    const waiting = open.get(reply.id);
    open.delete(reply.id);
    if ('failed' in reply) waiting?.reject(new Error(reply.failed));
    else waiting?.resolve(reply.result);
  });
  child.once('exit', () => {
    running.delete(child);
    for (const waiting of open.values()) waiting.reject(new Error(trouble.trim() || `${module} ended`));
    open.clear();
  });
  return {
    ask<Result>(order: Order) {
      const waiting = Promise.withResolvers<unknown>();
      open.set((asked += 1), waiting);
      child.send({ id: asked, order } satisfies Question, (error) => error && waiting.reject(error));
      return waiting.promise as Promise<Result>;
    },
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

/** In a process of the benchmark: answers what it is asked, and ends when the one that asks is gone. */
export function answering<Order>(answer: (order: Order) => unknown): void {
  process.on('message', ({ id, order }: Question) => {
    const tell = (reply: object): void => void process.send?.({ id, ...reply } as Reply);
    const failed = (error: unknown): void =>
      tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    try {
      void Promise.resolve(answer(order as Order)).then((result) => tell({ result }), failed);
    } catch (error) {
      failed(error);
    }
  });
  process.on('disconnect', () => process.exit(0));
}
