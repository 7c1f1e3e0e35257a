/** The end of one stream, as the stream sees it. */
export interface Ending {
  over: boolean;
  /** Called at the end: where the stream waits, it puts here what makes it look. */
  resume: () => void;
}

/** Whether the stream is to end. */
export const hasEnded = (ending: Ending): boolean => ending.over;

/**
 * A stream that ends at once when it is told to, or the signal is aborted, although it waits: a generator by itself hears
 * of it only when what it waits for has come. The signal is that of the stream's own reader, and gone with it.
 */
export function endable<T>(
  begin: (ending: Ending) => AsyncGenerator<T, void>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const ending: Ending = { over: signal.aborted, resume: () => undefined };
  const end = (): void => {
    ending.over = true;
    ending.resume();
  };
  signal.addEventListener('abort', end, { once: true });
  const events = begin(ending);
  const finish = events.return.bind(events);
  // One object for the generator and its end: there are as many of them as there are subscribers.
  events.return = (value) => {
    signal.removeEventListener('abort', end);
    end();
    return finish(value);
  };
  return events;
}
