import { setTimeout as wait } from 'node:timers/promises';
import { backoff } from '../../identity/follow.ts';
import type { SystemName } from '../../identity/index.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import { showInbox } from './gauges.ts';
import { inboxChannel } from './receive.ts';
import { readingOf, type ReadingOptions, type Source } from './reread.ts';

export interface ReadersOptions extends Omit<ReadingOptions, 'source'> {
  readonly sources: readonly Source[];
  readonly metrics: Metrics;
  /** Milliseconds between two looks for records that nobody has told this process of; 500 where absent. */
  readonly interval?: number;
}

/** Readers at work, one for each system: trouble with one holds up no other. */
export interface Readers {
  /** Reads what is hinted from now on no more, and waits for what is being read. */
  stop(): Promise<void>;
}

/** Milliseconds of the first wait after a failure. */
const patience = 500;

/** Begins to read hinted records. */
export function startReaders(options: ReadersOptions): Readers {
  const { sources, metrics, interval = 500, ...others } = options;
  const { db, failed } = others;
  const ended = new AbortController();
  const { signal } = ended;
  const stopped = () => signal.aborted;
  showInbox(metrics, db);
  /** Ends the pause of a reader that has nothing to do. */
  const wakes = new Map<SystemName, () => void>();
  const listening = db.listen(inboxChannel, (payload) => {
    // An empty one: something may have been missed.
    for (const [system, wake] of wakes) if (payload === '' || payload === system) wake();
  });
  // Whoever hears nothing looks by itself.
  listening.catch(() => undefined);

  async function run(source: Source): Promise<void> {
    const { system } = source;
    const reading = readingOf({ ...others, source });
    let hints = 0;
    let wake: () => void = () => undefined;
    wakes.set(system, () => {
      hints++;
      wake();
    });
    let failures = 0;
    while (!stopped()) {
      const before = hints;
      try {
        const read = await reading.pass(signal);
        failures = 0;
        if (read > 0) continue;
      } catch (error) {
        if (stopped()) break;
        failures++;
        failed(system, error);
        await pause(backoff(failures, patience, error, Math.random));
        continue;
      }
      if (hints !== before) continue;
      const woken = new AbortController();
      wake = () => {
        woken.abort();
      };
      await pause(interval, woken.signal);
    }
  }

  function pause(milliseconds: number, ...others: readonly AbortSignal[]): Promise<unknown> {
    return wait(milliseconds, undefined, { signal: AbortSignal.any([signal, ...others]) }).catch(
      () => undefined,
    );
  }

  const runs = sources.map(run);
  return {
    async stop() {
      ended.abort();
      await Promise.all(runs);
      const unlisten = await listening.catch(() => undefined);
      await unlisten?.();
    },
  };
}
