import type { ToldError } from './running.ts';

/** Ends what may not go on beyond a moment. */
export interface Expiry {
  /** Calls `end` once, at that moment in epoch milliseconds or up to a second before, unless the result was called first. */
  add(at: number, end: () => void): () => void;
}

export const expiredError: ToldError = {
  message: 'The token has expired; connect with a new one and go on after the cursor.',
  extensions: { code: 'UNAUTHENTICATED' },
};

/** Milliseconds: the clock may be set meanwhile, and a longer time is none to a timer. */
const look = 30_000;

/** One timer for all: tokens end in whole seconds, so that many end together. */
export function createExpiry(now: () => number = Date.now): Expiry {
  const bySecond = new Map<number, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;
  let next = Infinity;

  function arm(second: number): void {
    if (second >= next) return;
    next = second;
    clearTimeout(timer);
    timer = setTimeout(wake, Math.max(0, Math.min(second * 1000 - now(), look))).unref();
  }

  function wake(): void {
    next = Infinity;
    const due = [...bySecond].filter(([second]) => second * 1000 <= now());
    for (const [second, ends] of due) {
      bySecond.delete(second);
      for (const end of ends) end();
    }
    let earliest = Infinity;
    for (const second of bySecond.keys()) earliest = Math.min(earliest, second);
    if (earliest < Infinity) arm(earliest);
  }

  return {
    add(at, end) {
      const second = Math.floor(at / 1000);
      const ends = bySecond.get(second) ?? new Set();
      bySecond.set(second, ends.add(end));
      arm(second);
      return () => {
        ends.delete(end);
        if (ends.size === 0 && bySecond.get(second) === ends) bySecond.delete(second);
      };
    },
  };
}
