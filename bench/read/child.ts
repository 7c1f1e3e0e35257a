/** Processes of the benchmark, seen from outside. All of them end with it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Told, Usage } from './ipc.ts';

export interface Child {
  usage(): Promise<Usage>;
  end(): Promise<void>;
}

export interface Launch {
  /** Relative to this folder. */
  readonly module: string;
  readonly parameters?: readonly string[];
  /** Options of Node.js itself. */
  readonly node?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();

/** Starts a module as a process; rejects where it cannot listen. */
export async function start(launched: Launch): Promise<Child & { readonly port: number }> {
  const { child, trouble } = forked(launched);
  const told = await Promise.race([
    answerOf(child),
    once(child, 'exit').then(() => ({ failed: trouble() || 'it ended' })),
  ]);
  if ('port' in told) return { port: told.port, ...of(child) };
  await end(child);
  throw new Error('failed' in told ? told.failed : 'it does not say where it listens');
}

/** Starts a module as a process that does not say when it listens; it must answer as `answerUsage` does. */
export function launch(launched: Launch): Child & { readonly ended: Promise<string> } {
  const { child, trouble } = forked(launched);
  const ended = once(child, 'exit').then(([code]) =>
    code === 0 ? '' : trouble() || `it ended with ${code}`,
  );
  return { ended, ...of(child) };
}

function forked({ module, parameters = [], node = [], environment }: Launch) {
  const child = fork(new URL(module, import.meta.url), parameters, {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    // As `npm start` runs the product, and every peer alike: it does all of them good.
    execArgv: ['--max-semi-space-size=64', ...node],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let text = '';
  child.stderr?.on('data', (chunk: unknown) => (text = (text + String(chunk)).slice(-2000)));
  return { child, trouble: () => text.trim() };
}

const of = (child: ChildProcess): Child => ({
  async usage() {
    child.send('usage');
    const answer = await answerOf(child);
    if (!('usage' in answer)) throw new Error('it does not tell its usage');
    return answer.usage;
  },
  end: () => end(child),
});

async function answerOf(child: ChildProcess): Promise<Told> {
  const [told] = (await once(child, 'message', { signal: AbortSignal.timeout(60_000) })) as [Told];
  return told;
}

/** An orderly end, so that a profile or a store is written; by force where that takes long. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}

/** Ends all that still run, without waiting. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
