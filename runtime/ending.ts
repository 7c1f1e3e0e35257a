/** The end of one stream, as the stream sees it. */
export interface Ending {
  readonly over: () => boolean;
  /** Called at the end: where the stream waits, it puts here what makes it look. */
  resume: () => void;
}

/** The end that comes with a signal, for streams that hear of it by themselves. */
export function endingBy(signal: AbortSignal): Ending {
  const ending = { over: () => signal.aborted, resume: (): void => undefined };
  signal.addEventListener(
    'abort',
    () => {
      ending.resume();
    },
    { once: true },
  );
  return ending;
}

/**
 * A stream that ends at once when it is told to, or the signal is aborted, although it waits: a generator by itself hears
 * of it only when what it waits for has come.
 */
export function endable<T>(
  begin: (ending: Ending) => AsyncGenerator<T, void>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  let over = signal.aborted;
  const ending = { over: () => over, resume: (): void => undefined };
  const end = (): void => {
    signal.removeEventListener('abort', end);
    over = true;
    ending.resume();
  };
  signal.addEventListener('abort', end, { once: true });
  const events = begin(ending);
  return {
    async next() {
      try {
        const next = await events.next();
        if (next.done === true) end();
        return next;
      } catch (error) {
        end();
        throw error;
      }
    },
    return() {
      end();
      return events.return();
    },
    throw(error) {
      end();
      return events.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}
