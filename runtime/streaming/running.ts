import { atHand, resumeOf, type Events } from '../stream.ts';

/** An error as it goes to a client. */
export interface ToldError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The JSON text of an answer: the same object for all who are told the same, so that a message can be made once for all. */
export interface Body {
  readonly text: string;
}

/**
 * Hands an answer to a client. The promise is that of there being room for more, absent where there is.
 */
export type Send = (body: Body, cursor: string | undefined) => Promise<void> | undefined;

/** An operation of one client whose answers come one by one. */
export interface Running {
  /**
   * Gives each answer to `send`, the next only when there is room for it. Resolves when nothing more will come: with
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
  answer(event: unknown): Promise<Body> | Body;
  /** What the client is told of a fault of the events. */
  told(fault: unknown): ToldError;
}

export interface RunningOptions {
  /** Finds where answers come from, or errors that say why there are none. */
  readonly begin: (signal: AbortSignal) => Promise<Origin | readonly ToldError[]>;
  /** Milliseconds that it may take to begin. */
  readonly timeout: number;
  /** What the client is told of a fault of our own. */
  readonly broken?: () => ToldError;
  /** Called once, when it is over. */
  readonly ended: (fault?: unknown) => void;
}

const tooLate: ToldError = {
  message: 'The subscription could not begin in time; try again later.',
  extensions: { code: 'DEADLINE_EXCEEDED' },
};
const internal: ToldError = { message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

/** Answers in a row before others have their turn. */
const row = 64;

/** Pulls events as long as there is room for their answers, so that a client that takes nothing holds up only itself. */
export function running({ begin, timeout, broken = () => internal, ended }: RunningOptions): Running {
  const gone = new AbortController();
  // What is needed to begin is not kept for as long as it runs: there are many, and most of them only wait.
  let first: typeof begin | undefined = begin;
  let iterator: Events | undefined;
  let over: { readonly errors: readonly ToldError[] | undefined } | undefined;
  let cursor: string | undefined;
  let resolve: ((errors: readonly ToldError[] | undefined) => void) | undefined;
  const isOver = (): boolean => over !== undefined;

  function finish(errors?: readonly ToldError[], fault?: unknown): void {
    if (over) return;
    over = { errors: cursor === undefined ? errors : errors?.map((error) => withCursor(error, cursor)) };
    gone.abort();
    if (iterator) leave(iterator);
    ended(fault);
    resolve?.(over.errors);
  }

  async function start(send: Send): Promise<void> {
    const timer = setTimeout(() => {
      finish([tooLate]);
    }, timeout);
    const begun = await first?.(gone.signal).finally(() => {
      clearTimeout(timer);
    });
    first = undefined;
    if (!begun || !('events' in begun)) {
      finish(begun);
      return;
    }
    const events = begun.events[Symbol.asyncIterator]();
    // Nobody waits for it any more.
    if (isOver()) leave(events);
    else {
      iterator = events;
      pull(send, begun, events);
    }
  }

  function pull(send: Send, origin: Origin, from: Events): void {
    const guarded = (work: () => void): void => {
      try {
        if (!isOver()) work();
      } catch (fault) {
        finish([broken()], fault);
      }
    };
    const fail = (fault: unknown): void => {
      finish([broken()], fault);
    };
    const goOn = (): void => {
      guarded(() => {
        together();
      });
    };

    /** What is at hand goes out in a row, after what is given first; then the next is waited for. */
    function together(first: () => boolean = () => true): void {
      let more = first();
      for (let count = 0; more; count++) {
        const next = count < row ? from[atHand]?.() : undefined;
        if (next === undefined) break;
        more = give(next);
      }
      if (more && !isOver()) from.next().then(take, refuse);
    }
    const take = (turn: IteratorResult<unknown>): void => {
      if (turn.done) finish();
      else
        guarded(() => {
          together(() => give(turn.value));
        });
    };
    const refuse = (fault: unknown): void => {
      finish([origin.told(fault)], fault);
    };

    /** Whether more can be given at once. */
    function give(event: unknown): boolean {
      const answer = origin.answer(event);
      if (!(answer instanceof Promise)) return hand(answer, event);
      answer.then((body) => {
        guarded(() => {
          together(() => hand(body, event));
        });
      }, fail);
      return false;
    }
    function hand(body: Body, event: unknown): boolean {
      const place = resumeOf(event);
      const room = send(body, place);
      // Whatever the client hears after this, it hears after the answer.
      cursor = place ?? cursor;
      room?.then(goOn, fail);
      return room === undefined && !isOver();
    }

    together();
  }

  return {
    run(send) {
      return new Promise((settle) => {
        if (over) {
          settle(over.errors);
          return;
        }
        resolve = settle;
        start(send).catch((fault: unknown) => {
          finish([broken()], fault);
        });
      });
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
