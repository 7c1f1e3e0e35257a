import type { Screen } from './progress.ts';

/** Aborted by the first Ctrl-C or SIGTERM, so that what is under way can end; the second ends the process at once. */
export function stopSignal(screen: Screen): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (!stopping.signal.aborted)
        screen.write('\nStopping after what is under way; once more stops at once.\n');
      stopping.abort();
    });
  }
  return stopping.signal;
}
