import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Answered, Asked, Notice, OwnersOrder, Questions, WorkerOrder } from './messages.ts';

/** A process that belongs to a run. */
export interface Member {
  /** Rejects where the process ended before it answered, or could not do it. */
  ask<Q extends keyof Questions>(question: Q, given: Questions[Q]['given']): Promise<Questions[Q]['answer']>;
  signal(name: NodeJS.Signals): void;
  /** Resolves to a sentence that says how it ended. */
  readonly ended: Promise<string>;
}

interface Waiting {
  readonly resolve: (answer: Questions[keyof Questions]['answer']) => void;
  readonly reject: (error: Error) => void;
}

/** Characters of the last complaint of a process that are kept. */
const complaint = 4000;

const alive = new Set<{ signal(name: NodeJS.Signals): void }>();
process.on('exit', () => {
  for (const one of alive) one.signal('SIGKILL');
});

/** Starts a process of the run: a file of this folder with its order. Never outlives this process. */
export function startMember(
  file: string,
  order: OwnersOrder | WorkerOrder,
  hear: (notice: Notice) => void,
): Member {
  const child = fork(join(import.meta.dirname, file), [JSON.stringify(order)], {
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-complaint);
  });
  child.on('message', (message: Answered | Notice) => {
    if ('notice' in message) {
      hear(message);
      return;
    }
    const asker = waiting.get(message.number);
    waiting.delete(message.number);
    if ('failed' in message) asker?.reject(new Error(message.failed));
    else asker?.resolve(message.answer);
  });
  child.on('error', () => undefined); // it ends then, or what was asked fails

  const signal = (name: NodeJS.Signals): void => {
    child.kill(name);
  };
  const member = { signal };
  alive.add(member);
  // Not `once` of node:events: that rejects where a question could not be sent any more.
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = closed.then(() => {
    alive.delete(member);
    const how = `${file} ended with ${child.signalCode ?? String(child.exitCode)}`;
    for (const { reject } of waiting.values()) reject(new Error(how));
    waiting.clear();
    return said === '' ? how : `${how}: ${said}`;
  });

  return {
    ended,
    signal,
    ask: <Q extends keyof Questions>(question: Q, given: Questions[Q]['given']) =>
      new Promise<Questions[Q]['answer']>((resolve, reject) => {
        const number = ++asked;
        if (!child.connected) {
          reject(new Error(`${file} has ended`));
          return;
        }
        waiting.set(number, { resolve, reject });
        child.send({ number, question, given } satisfies Asked<Q>, (error) => {
          if (!error) return;
          waiting.delete(number);
          reject(error);
        });
      }),
  };
}
