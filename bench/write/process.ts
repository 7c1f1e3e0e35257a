/** A process: one contender over a database of its own. Arguments: its key, the place as JSON, the owners' latency. */
import { bulk, type BulkOrder } from './bulk.ts';
import { contenders, type Place } from './contender.ts';
import { loadOn, type Stretch } from './load.ts';
import { ownersOf } from './owners.ts';

/** What the process is asked for, one thing after another; it answers with `{ result }` or `{ failed }`. */
export type Order =
  { readonly measure: Stretch } | { readonly bulk: BulkOrder } | { readonly untilAccepted: true };

const [key, place = '', latency] = process.argv.slice(2);
const tell = (told: object): void => void process.send?.(told);
const fail = (error: unknown): void =>
  tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });

try {
  const contender = contenders.find((one) => one.key === key);
  if (!contender) throw new Error(`there is no contender "${key}"`);
  const running = await contender.start(JSON.parse(place) as Place, ownersOf(Number(latency)));
  const load = loadOn(running);
  process.on('message', (order: Order) => {
    const answer =
      'measure' in order
        ? load.measure(order.measure)
        : 'bulk' in order
          ? bulk(running, load, order.bulk)
          : Promise.resolve(running.untilAccepted?.() ?? null);
    answer.then((result) => tell({ result }), fail);
  });
  process.once('SIGTERM', () => {
    running.stop().finally(() => process.exit(0));
  });
  tell({ result: null });
} catch (error) {
  fail(error);
  process.disconnect?.();
}
