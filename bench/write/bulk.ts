import { percentile } from '../read/load.ts';
import type { Running } from './contender.ts';
import type { loadOn } from './load.ts';

export interface BulkOrder {
  /** Updates on the bulk lane. */
  readonly updates: number;
  /** Milliseconds between two interactive writes. */
  readonly every: number;
  /** Seconds of the quiet before. */
  readonly quiet: number;
}

/** How interactive writes fare while many updates are carried out in the background. */
export interface BulkResult {
  /** Milliseconds until the confirmed end: the median without and with bulk updates, and the 99th of 100 with them. */
  readonly quiet: number;
  readonly meanwhile: number;
  readonly p99: number;
  /** Interactive writes that were measured meanwhile. */
  readonly writes: number;
  readonly bulkPerSecond: number;
}

/** Callers that send bulk updates, each the next one as soon as one is accepted. */
const senders = 8;

export async function bulk(
  running: Running,
  load: ReturnType<typeof loadOn>,
  order: BulkOrder,
): Promise<BulkResult> {
  const { accept, idle } = running;
  if (!accept || !idle) throw new Error('it has no lanes');

  /** Writes one after the other, in even steps, until it is told to stop. */
  async function interactive(over: () => boolean): Promise<Float64Array> {
    const latencies: number[] = [];
    while (!over()) {
      const began = performance.now();
      await running.confirm(load.nextUpdate(1));
      const took = performance.now() - began;
      latencies.push(took);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, order.every - took)));
    }
    return Float64Array.from(latencies).sort();
  }

  const quietUntil = performance.now() + order.quiet * 1000;
  const quiet = await interactive(() => performance.now() > quietUntil);
  const began = performance.now();
  let left = order.updates;
  const sender = async (): Promise<void> => {
    while (left-- > 0) await accept(load.nextUpdate(1), 'BULK');
  };
  let over = false;
  const all = Promise.all(Array.from({ length: senders }, sender))
    .then(idle)
    .finally(() => (over = true));
  const [meanwhile] = await Promise.all([interactive(() => over), all]);
  return {
    quiet: percentile(quiet, 0.5),
    meanwhile: percentile(meanwhile, 0.5),
    p99: percentile(meanwhile, 0.99),
    writes: meanwhile.length,
    bulkPerSecond: order.updates / ((performance.now() - began) / 1000),
  };
}
