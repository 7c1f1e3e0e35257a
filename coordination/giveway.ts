import { setTimeout as pause } from 'node:timers/promises';
import { turns } from '../runtime/db/index.ts';
import type { Lane } from './write.ts';

/** Milliseconds after a statement of somebody in a hurry in which his next one is looked for. */
const BREATH = 3;
/** Milliseconds for which one statement gives way at most: nobody starves. */
const PATIENCE = 20;

/**
 * The way of this process's statements to the store. What is in no hurry goes one at a time and lets those go first who
 * are: the store's processors are shared by all, and the embedded store does one thing at a time.
 */
export function giveWay(): <T>(lane: Lane, work: () => Promise<T>) => Promise<T> {
  const turn = turns();
  let hurried = 0;
  let last = -Infinity;
  const isBusy = (now: number): boolean => hurried > 0 || now - last < BREATH;

  async function hurry<T>(work: () => Promise<T>): Promise<T> {
    hurried++;
    try {
      return await work();
    } finally {
      hurried--;
      last = performance.now();
    }
  }

  async function quiet(): Promise<void> {
    const began = performance.now();
    for (let now = began; now - began < PATIENCE && isBusy(now); now = performance.now()) await pause(1);
  }

  return (lane, work) => (lane === 'INTERACTIVE' ? hurry(work) : turn(() => quiet().then(work)));
}
