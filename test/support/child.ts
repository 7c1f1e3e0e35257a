import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** A Node process of its own that runs a piece of module source, and whose lines can be waited for. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line on its standard output that was not taken yet; rejects when it ended before. */
  line(): Promise<string>;
  /** Ends it as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** The URL by which source of a child imports a file of the repository, given by its path within it. */
export const moduleUrl = (path: string): string => pathToFileURL(path).href;

export function startChild(source: string): Child {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error('The child ended without a further line.');
      return next.value;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
