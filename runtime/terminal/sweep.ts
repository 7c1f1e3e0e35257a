import { Failure } from '../failure.ts';
import type { Stepped, Sweep } from '../sweeping.ts';
import { progressLine } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** How far a sweep is, for a line of progress. */
interface Progress {
  readonly total: number;
  readonly walked: number;
}

/**
 * Goes on with a sweep to its end, or until it is stopped, and shows how far it is.
 * @param noun what it goes through, e.g. `customers`
 * @returns what it has come to; null where it was stopped before the end
 * @throws Failure STORE_IN_USE where another process is at it
 */
export async function sweepToEnd<P extends Progress>(
  sweep: Sweep<P>,
  noun: string,
  { out, err, signal }: Terminal,
): Promise<P | null> {
  let line: ReturnType<typeof progressLine> | undefined;
  let at: P | undefined;
  let before: number | undefined;
  try {
    for (let more = true; more && !signal.aborted;) {
      const step: Stepped<P> = await sweep.step();
      if (step.state === 'ELSEWHERE' || step.state === 'NOT_DUE')
        throw new Failure('STORE_IN_USE', 'Another process sweeps this store; try again when it is done.');
      at = step;
      before ??= step.walked;
      line ??= progressLine(err, { total: step.total, noun });
      line.show(step.walked, before);
      more = step.state === 'GOING_ON';
    }
  } finally {
    line?.end();
    await sweep.release();
  }
  if (!signal.aborted && at) return at;
  out.write('Stopped before the end; the next sweep goes on from here.\n');
  return null;
}
