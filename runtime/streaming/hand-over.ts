import { together } from '../together.ts';

/** Where texts are written to; what is written between `cork` and `uncork` goes out in one piece. */
export interface Outlet {
  cork(): void;
  uncork(): void;
  /** Bytes that the system has not taken. */
  waiting(): number;
}

/** Bytes that may wait without anybody's waiting for them: otherwise a burst of events would go out one by one. */
export const enough = 16 * 1024;

const inARow = together();

/** Has what is written in a turn of the event loop go out in one piece: to be called before each write. */
export function gathering(outlet: Pick<Outlet, 'cork' | 'uncork'>): () => void {
  let corked = false;
  const release = (): void => {
    corked = false;
    outlet.uncork();
  };
  return () => {
    if (corked) return;
    corked = true;
    outlet.cork();
    inARow(release);
  };
}

/**
 * Hands things over to an outlet, all of a turn of the event loop in one piece. `write` calls back when the system has
 * taken its own, or never will. Gives a promise of that only where so much waits that nothing more should come.
 */
export function handOver(outlet: Outlet): (write: (taken: () => void) => void) => Promise<void> | undefined {
  const gather = gathering(outlet);
  return (write) => {
    gather();
    const state: { taken: boolean; resume?: () => void } = { taken: false };
    write(() => {
      state.taken = true;
      state.resume?.();
    });
    if (state.taken || outlet.waiting() <= enough) return undefined;
    return new Promise((resolve) => {
      state.resume = resolve;
    });
  };
}
