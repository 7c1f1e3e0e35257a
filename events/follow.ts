import type { Change } from './change.ts';
import { cursorAt } from './cursor.ts';
import type { Ending } from '../runtime/ending.ts';
import type { ChangeFilter, Log } from './log.ts';
import type { Tail } from './tail.ts';
import { told, type Told } from './told.ts';

/** Changes that are read from the log at a time, for whoever is further behind than what is at hand. */
const page = 100;

/** Where changes are heard from, and which. */
export interface Following {
  readonly tail: Tail;
  readonly log: Log;
  /** For the log; `matches` says the same, and what the log does not know. */
  readonly filter: ChangeFilter;
  readonly matches: (change: Change) => boolean;
}

/**
 * All changes after a position that match, once and in order, for as long as they are pulled: nothing is kept for whoever is
 * slow, who reads the log instead.
 * @throws Failure CURSOR_EXPIRED where what comes next is kept no longer
 */
export async function* follow(
  after: number,
  { tail, log, filter, matches }: Following,
  ending: Ending,
): AsyncGenerator<Told, void> {
  for (let at = after; !ending.over() && !tail.stopped();) {
    if (!tail.reaches(at)) {
      const { changes, until } = await log.page(String(at), filter, page);
      for (const change of changes) {
        if (ending.over()) return;
        if (matches(change)) yield told(change, cursorAt(tail, change.position));
      }
      at = Number(until);
      continue;
    }
    const next = tail.after(at);
    if (!next) {
      await new Promise<void>((resolve) => {
        const forget = tail.moved(resolve);
        ending.resume = () => {
          forget();
          resolve();
        };
      });
      continue;
    }
    at++;
    if (matches(next.change)) yield next;
  }
}
