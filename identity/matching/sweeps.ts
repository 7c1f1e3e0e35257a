import { startSweeping } from '../../runtime/sweeping.ts';
import { fillBlocks } from './fill.ts';
import { stewardsQueue } from './queue.ts';
import { sweepOf, type SweepOptions } from './sweep.ts';

export interface SweepsOptions extends Pick<SweepOptions, 'db' | 'interval'> {
  /** Told of every step that failed; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/**
 * Looks for duplicates among all customers whenever it is time, in one process of those that would, and asks stewards
 * about them; with the interval 0 never. Customers that are in no block yet are put there in any case.
 * @returns the way to stop, which waits for what is under way
 */
export function startSweeps({ db, interval, failed }: SweepsOptions): () => Promise<void> {
  const sweep = sweepOf({ db, interval, queue: stewardsQueue });
  return startSweeping({
    ...{ failed, sweep },
    async before(signal) {
      await fillBlocks(db, signal);
      return interval > 0;
    },
  });
}
