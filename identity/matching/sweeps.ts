import { setTimeout as wait } from 'node:timers/promises';
import { fillBlocks } from './fill.ts';
import { stewardsQueue } from './queue.ts';
import { sweepOf, type SweepOptions } from './sweep.ts';

export interface SweepsOptions extends Pick<SweepOptions, 'db' | 'interval'> {
  /** Told of every step that failed; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** Milliseconds between two looks whether a sweep is due. */
const look = 60_000;

/**
 * Looks for duplicates among all customers whenever it is time, in one process of those that would, and asks stewards
 * about them; with the interval 0 never. Customers that are in no block yet are put there in any case.
 * @returns the way to stop, which waits for what is under way
 */
export function startSweeps({ db, interval, failed }: SweepsOptions): () => Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  const sweep = sweepOf({ db, interval, queue: stewardsQueue });
  const stopped = () => signal.aborted;
  const pause = (milliseconds: number) =>
    wait(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);

  async function sweepThrough(): Promise<void> {
    while (!stopped()) {
      const began = performance.now();
      if ((await sweep.step()).state !== 'GOING_ON') return;
      // The store is left to others for as long as it was busy with this.
      await pause(performance.now() - began);
    }
  }

  const run = async (): Promise<void> => {
    let filled = false;
    while (!stopped()) {
      try {
        if (!filled) await fillBlocks(db, signal);
        filled = true;
        if (interval === 0) return;
        await sweepThrough();
      } catch (error) {
        if (!stopped()) failed(error);
      }
      await pause(look);
    }
  };
  const running = run();
  return async () => {
    ended.abort();
    await running;
    // A store that is gone lets go of the sweep by itself, when the lease ends.
    await sweep.release().catch(() => undefined);
  };
}
