import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';

/** How a process ended, and what it had said. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process of its own. It ends with the suite at the latest. */
export interface Run {
  readonly pid: number | undefined;
  /** The first line of its output that matches, as soon as there is one; rejects when it ended without. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<Ended>;
  /** Ends it as a crash would, and waits until it is gone. */
  kill(): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

interface RunOptions {
  readonly cwd: string;
  /** The whole environment; that of the tests where it is absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether signals are for what it started as well. */
  readonly group?: true;
}

const running = new Set<Run>();
afterAll(() => Promise.all([...running].map((one) => one.kill())));

/** Starts a process. */
export function run(command: string, argv: readonly string[], { cwd, env, group }: RunOptions): Run {
  const child = spawn(command, argv, {
    cwd,
    ...(env ? { env } : {}),
    detached: group === true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const silent = once(reader, 'close').then(() => true);
  const ended = Promise.all([once(child, 'exit'), text(child.stderr), silent]).then(([, err]): Ended => {
    running.delete(one);
    return { code: child.exitCode, out: lines.join('\n'), err };
  });
  const signal = (name: NodeJS.Signals): void => {
    if (!group || child.pid === undefined) {
      child.kill(name);
      return;
    }
    try {
      process.kill(-child.pid, name);
    } catch {
      // All of them have ended.
    }
  };

  const one: Run = {
    pid: child.pid,
    ended,
    signal,
    async line(pattern) {
      for (let at = 0, over = false; ;) {
        for (; at < lines.length; at++) {
          const found = pattern.exec(lines[at] ?? '');
          if (found) return found;
        }
        if (over) throw new Error(`It never said ${pattern.source}: ${JSON.stringify(await ended)}`);
        over = await Promise.race([once(reader, 'line').then(() => false), silent]);
      }
    },
    stop() {
      signal('SIGTERM');
      return ended;
    },
    kill() {
      signal('SIGKILL');
      return ended;
    },
  };
  running.add(one);
  return one;
}
