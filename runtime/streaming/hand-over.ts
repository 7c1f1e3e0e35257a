import type { Duplex } from 'node:stream';
import { together } from '../together.ts';

/** Bytes that may wait without anybody's waiting for them: otherwise a burst of events would go out one by one. */
export const enough = 16 * 1024;

const inARow = together();

/**
 * Has what is written to a socket in a turn of the event loop go out in one piece: to be called before each write. A socket
 * that is null is gone already.
 */
export function gathering(socket: Duplex | null): () => void {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    socket?.uncork();
  };
  return () => {
    if (corked) return;
    corked = true;
    socket?.cork();
    inARow(uncork);
  };
}

/**
 * Hands things over to a socket, all of a turn of the event loop in one piece. `waiting` is the number of bytes that the
 * system has not taken; `write` calls back when it has taken its own, or never will. Gives a promise of that only where
 * so much waits that nothing more should come. A socket that is null is gone already.
 */
export function handOver(
  socket: Duplex | null,
  waiting: () => number,
): (write: (taken: () => void) => void) => Promise<void> | undefined {
  const gather = gathering(socket);
  return (write) => {
    gather();
    const state: { taken: boolean; resume?: () => void } = { taken: false };
    write(() => {
      state.taken = true;
      state.resume?.();
    });
    if (state.taken || waiting() <= enough) return undefined;
    return new Promise((resolve) => {
      state.resume = resolve;
    });
  };
}
