import { resumeOf } from '../stream.ts';

/** An error as it goes to a client. */
export interface ToldError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Hands an answer, a JSON text, to a client; the promise is that of its having been taken, absent where it was at once. */
export type Send = (body: string, cursor: string | undefined) => Promise<void> | undefined;

/** An operation of one client whose answers come one by one. */
export interface Running {
  /**
   * Gives each answer to `send`, the next only when the one before was taken. Resolves when nothing more will come: with
   * errors where that is why. Never rejects. Called once.
   */
  run(send: Send): Promise<readonly ToldError[] | undefined>;
  /** Ends it at once, whatever its source does; with errors, to which the cursor is added. */
  stop(errors?: readonly ToldError[]): void;
  /** The cursor of the last answer that was sent; undefined before, and where answers have none. */
  cursor(): string | undefined;
}

/** Where answers come from. */
export interface Origin {
  readonly events: AsyncIterable<unknown>;
  answer(event: unknown): Promise<string> | string;
  /** What the client is told of a fault of the events. */
  told(fault: unknown): ToldError;
}

export interface RunningOptions {
  /** Finds where answers come from, or errors that say why there are none. */
  readonly begin: (signal: AbortSignal) => Promise<Origin | readonly ToldError[]>;
  /** Milliseconds that it may take to begin. */
  readonly timeout: number;
  /** Called once, when it is over. */
  readonly ended: (fault?: unknown) => void;
}

const tooLate: ToldError = {
  message: 'The subscription could not begin in time; try again later.',
  extensions: { code: 'DEADLINE_EXCEEDED' },
};
const broken: ToldError = { message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

/** Pulls one event at a time, so that a client that takes nothing holds one answer and no more. */
export function running({ begin, timeout, ended }: RunningOptions): Running {
  const gone = new AbortController();
  let iterator: AsyncIterator<unknown> | undefined;
  let over: { readonly errors: readonly ToldError[] | undefined } | undefined;
  let cursor: string | undefined;
  let wake = (): void => undefined;
  const isOver = (): boolean => over !== undefined;

  function finish(errors?: readonly ToldError[], fault?: unknown): void {
    if (over) return;
    over = { errors: cursor === undefined ? errors : errors?.map((error) => withCursor(error, cursor)) };
    gone.abort();
    if (iterator) leave(iterator);
    ended(fault);
    wake();
  }

  /** Undefined where it is over before. One waiter at a time; unlike a race it leaves nothing behind. */
  function unlessOver<T>(value: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      wake = () => {
        resolve(undefined);
      };
      value.then(resolve, reject);
    });
  }

  async function beginning(): Promise<Origin | readonly ToldError[]> {
    const begun = await begin(gone.signal);
    // Nobody waits for it any more.
    if (isOver() && 'events' in begun) leave(begun.events[Symbol.asyncIterator]());
    return begun;
  }

  async function started(): Promise<Origin | undefined> {
    const timer = setTimeout(() => {
      finish([tooLate]);
    }, timeout);
    const begun = await unlessOver(beginning()).finally(() => {
      clearTimeout(timer);
    });
    if (begun && 'events' in begun) {
      if (!isOver()) return begun;
      leave(begun.events[Symbol.asyncIterator]());
    } else finish(begun);
    return undefined;
  }

  async function pull(send: Send, origin: Origin, from: AsyncIterator<unknown>): Promise<void> {
    for (;;) {
      const turn = await unlessOver(from.next()).catch((fault: unknown) => {
        finish([origin.told(fault)], fault);
        return undefined;
      });
      if (isOver() || !turn || turn.done) return;
      const answer = origin.answer(turn.value);
      const body = typeof answer === 'string' ? answer : await unlessOver(answer);
      if (isOver() || body === undefined) return;
      const place = resumeOf(turn.value);
      const taken = send(body, place);
      // Whatever the client hears after this, it hears after the answer.
      cursor = place ?? cursor;
      if (taken) await unlessOver(taken);
      if (isOver()) return;
    }
  }

  return {
    async run(send) {
      try {
        const origin = isOver() ? undefined : await started();
        if (origin) {
          iterator = origin.events[Symbol.asyncIterator]();
          await pull(send, origin, iterator);
        }
        finish();
      } catch (fault) {
        finish([broken], fault);
      }
      return over?.errors;
    },
    stop(errors) {
      finish(errors);
    },
    cursor: () => cursor,
  };
}

function withCursor(error: ToldError, cursor: string | undefined): ToldError {
  return { ...error, extensions: { ...error.extensions, cursor } };
}

/** An iterator that waits for its next event may answer when that has come; nobody waits for it. */
function leave(iterator: AsyncIterator<unknown>): void {
  try {
    iterator.return?.().then(undefined, () => undefined);
  } catch {
    // What is left alone may fail alone.
  }
}
