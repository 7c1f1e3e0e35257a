/**
 * Hands something to a socket. `write` calls back when the system has taken it whole, or never will; `waiting` is the
 * number of bytes that it has not taken. Gives a promise only where there is something to wait for.
 */
export function handOver(
  write: (taken: () => void) => void,
  waiting: () => number,
): Promise<void> | undefined {
  const state: { taken: boolean; resume?: () => void } = { taken: false };
  write(() => {
    state.taken = true;
    state.resume?.();
  });
  if (state.taken || waiting() === 0) return undefined;
  return new Promise((resolve) => {
    state.resume = resolve;
  });
}
