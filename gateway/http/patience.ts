import type { ServerResponse } from 'node:http';

/** How long somebody waits for one answer. */
export interface Patience {
  /** Aborted when the client is gone or the time is over. */
  readonly signal: AbortSignal;
  /** The answer is there: nothing is aborted any more. */
  readonly end: () => void;
}

/** @param timeout milliseconds from now */
export function patience(response: ServerResponse, timeout: number): Patience {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  const timer = setTimeout(abort, timeout);
  const end = (): void => {
    clearTimeout(timer);
    response.off('close', abort);
  };
  if (response.destroyed) abort();
  else response.on('close', abort);
  return { signal: controller.signal, end };
}
