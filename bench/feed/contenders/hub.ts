import type { Published } from '../contender.ts';

/** Changes for whoever listens in this process: what peers have in place of a feed. Nothing is kept for the absent. */
export interface Hub {
  publish(changes: readonly Published[]): Promise<void>;
  /** All changes of these customers from now on. */
  listen(customerIds: readonly string[]): AsyncIterableIterator<Published>;
  listeners(): number;
}

export function createHub(): Hub {
  const listeners = new Set<(change: Published) => void>();
  return {
    publish(changes) {
      // Whoever publishes does not wait until all have heard.
      setImmediate(() => {
        for (const change of changes) for (const listener of listeners) listener(change);
      });
      return Promise.resolve();
    },
    listen(customerIds) {
      const wanted = new Set(customerIds);
      const queue: Published[] = [];
      let waiting: ((result: IteratorResult<Published>) => void) | undefined;
      const listener = (change: Published): void => {
        if (!wanted.has(change.customerId)) return;
        if (!waiting) queue.push(change);
        else {
          waiting({ done: false, value: change });
          waiting = undefined;
        }
      };
      listeners.add(listener);
      return {
        next() {
          const value = queue.shift();
          return value
            ? Promise.resolve({ done: false, value })
            : new Promise((resolve) => (waiting = resolve));
        },
        return() {
          listeners.delete(listener);
          waiting?.({ done: true, value: undefined });
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    listeners: () => listeners.size,
  };
}
