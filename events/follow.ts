import { hasEnded, type Ending } from '../runtime/ending.ts';
import { atHand } from '../runtime/stream.ts';
import type { Change } from './change.ts';
import { cursorAt } from './cursor.ts';
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

/** Changes as they are pulled; what is at hand comes without a promise. */
export interface Followed extends AsyncGenerator<Told, void> {
  [atHand](): Told | undefined;
}

/**
 * All changes after a position that match, once and in order, for as long as they are pulled: nothing is kept for whoever is
 * slow, who reads the log instead. Written as an iterator and not as a generator, because there are thousands that wait for
 * the same change. Rejects with a Failure CURSOR_EXPIRED where what comes next is kept no longer.
 */
export function follow(after: number, following: Following, ending: Ending): Followed {
  const { tail } = following;
  let at = after;
  let read: Told[] = [];
  let closed = false;
  const isOver = (): boolean => closed || hasEnded(ending) || tail.stopped();

  function next(): Told | undefined {
    const first = read.shift();
    if (first) return isOver() ? undefined : first;
    while (!isOver() && tail.reaches(at)) {
      const found = tail.after(at);
      if (!found) return undefined;
      at++;
      if (following.matches(found.change)) return found;
    }
    return undefined;
  }

  /** What is further behind than what is at hand. */
  async function fromLog(): Promise<Turn> {
    try {
      while (!isOver() && !tail.reaches(at)) {
        const found = await pageAfter(at, following);
        [at, read] = [found.until, found.changes];
        const first = next();
        if (first) return { done: false, value: first };
      }
    } catch (fault) {
      closed = true;
      throw fault;
    }
    return pull();
  }

  function pull(): Promise<Turn> {
    const found = next();
    if (found) return Promise.resolve({ done: false, value: found });
    if (isOver()) return Promise.resolve(over);
    return tail.reaches(at) ? new Promise(wait) : fromLog();
  }

  /** Until there is one that matches: what others hear of wakes nobody further up. */
  function wait(resolve: (result: Turn | Promise<Turn>) => void): void {
    const look = (): void => {
      const found = next();
      if (found) resolve({ done: false, value: found });
      else if (isOver()) resolve(over);
      else if (tail.reaches(at)) forget = tail.moved(look);
      else resolve(fromLog());
    };
    let forget = tail.moved(look);
    ending.resume = () => {
      forget();
      resolve(over);
    };
  }

  function close(): Promise<typeof over> {
    closed = true;
    ending.resume();
    return Promise.resolve(over);
  }

  return {
    [atHand]: next,
    next: pull,
    return: close,
    throw: close,
    [Symbol.asyncIterator]: itself,
    [Symbol.asyncDispose]: dispose,
  };
}

type Turn = IteratorResult<Told, void>;
const over = { done: true, value: undefined } as const;

function itself<T>(this: T): T {
  return this;
}

async function dispose(this: { return(): Promise<unknown> }): Promise<void> {
  await this.return();
}

async function pageAfter(at: number, { tail, log, filter, matches }: Following) {
  const { changes, until } = await log.page(String(at), filter, page);
  return {
    until: Number(until),
    changes: changes.filter(matches).map((change) => told(change, cursorAt(tail, change.position))),
  };
}
