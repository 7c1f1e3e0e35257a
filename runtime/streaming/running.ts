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
const nothing = (): void => undefined;

/** One for each subscriber, most of whom only wait: nothing is in it that waiting does not need. */
interface State {
  readonly gone: AbortController;
  readonly ended: RunningOptions['ended'];
  iterator: AsyncIterator<unknown> | undefined;
  over: { readonly errors: readonly ToldError[] | undefined } | undefined;
  cursor: string | undefined;
  wake: () => void;
}

/** Pulls one event at a time, so that a client that takes nothing holds one answer and no more. */
export function running(options: RunningOptions): Running {
  let unbegun: RunningOptions | undefined = options;
  const state: State = {
    gone: new AbortController(),
    ended: options.ended,
    iterator: undefined,
    over: undefined,
    cursor: undefined,
    wake: nothing,
  };
  return {
    async run(send) {
      try {
        const origin = unbegun && !state.over ? await begun(state, unbegun) : undefined;
        unbegun = undefined;
        if (origin) {
          state.iterator = origin.events[Symbol.asyncIterator]();
          for (;;) {
            const turn = await next(state, state.iterator, origin);
            if (!turn || turn.done || !(await passOn(state, send, origin, turn.value))) break;
          }
        }
        finish(state);
      } catch (fault) {
        finish(state, [broken], fault);
      }
      return state.over?.errors;
    },
    stop(errors) {
      finish(state, errors);
    },
    cursor: () => state.cursor,
  };
}

function finish(state: State, errors?: readonly ToldError[], fault?: unknown): void {
  if (state.over) return;
  const { cursor, iterator } = state;
  const told = cursor === undefined ? errors : errors?.map((error) => withCursor(error, cursor));
  state.over = { errors: told };
  state.gone.abort();
  if (iterator) leave(iterator);
  state.ended(fault);
  state.wake();
}

/** Undefined where it is over before. One waiter at a time; unlike a race it leaves nothing behind. */
function unlessOver<T>(state: State, value: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    state.wake = resolve as () => void;
    value.then(resolve, reject);
  });
}

async function begun(state: State, { begin, timeout }: RunningOptions): Promise<Origin | undefined> {
  const beginning = begin(state.gone.signal).then((origin) => {
    // Nobody waits for it any more.
    if (state.over && 'events' in origin) leave(origin.events[Symbol.asyncIterator]());
    return origin;
  });
  const timer = setTimeout(finish, timeout, state, [tooLate]);
  const origin = await unlessOver(state, beginning).finally(() => {
    clearTimeout(timer);
  });
  if (origin && 'events' in origin) {
    if (!state.over) return origin;
    leave(origin.events[Symbol.asyncIterator]());
  } else finish(state, origin);
  return undefined;
}

function next(
  state: State,
  iterator: AsyncIterator<unknown>,
  origin: Origin,
): Promise<IteratorResult<unknown> | undefined> {
  return new Promise((resolve) => {
    state.wake = resolve as () => void;
    iterator.next().then(resolve, (fault: unknown) => {
      finish(state, [origin.told(fault)], fault);
      resolve(undefined);
    });
  });
}

/** Whether it goes on. */
function passOn(state: State, send: Send, origin: Origin, event: unknown): boolean | Promise<boolean> {
  if (state.over) return false;
  const answer = origin.answer(event);
  return typeof answer === 'string'
    ? sent(state, send, answer, event)
    : unlessOver(state, answer).then((body) => body !== undefined && sent(state, send, body, event));
}

function sent(state: State, send: Send, body: string, event: unknown): boolean | Promise<boolean> {
  if (state.over) return false;
  const place = resumeOf(event);
  const taken = send(body, place);
  // Whatever the client hears after this, it hears after the answer.
  state.cursor = place ?? state.cursor;
  return taken ? unlessOver(state, taken).then(() => !state.over) : !state.over;
}

function withCursor(error: ToldError, cursor: string): ToldError {
  return { ...error, extensions: { ...error.extensions, cursor } };
}

/** An iterator that waits for its next event may answer when that has come; nobody waits for it. */
function leave(iterator: AsyncIterator<unknown>): void {
  try {
    iterator.return?.().then(undefined, nothing);
  } catch {
    // What is left alone may fail alone.
  }
}
