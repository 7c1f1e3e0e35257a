export interface LookingOptions {
  /** Looks once; asked again meanwhile, it is done again. */
  readonly look: () => Promise<unknown>;
  /** Told of a look that failed. What cannot be looked at is left in peace until somebody asks again. */
  readonly failed: (error: unknown) => void;
  /** Whether nothing is to be looked for any more. */
  readonly stopped: () => boolean;
}

/** Looks when asked, one look at a time: however many ask during one, there is one more after it. */
export interface Looking {
  /** Resolves when nothing is left to look for; never rejects. */
  readonly look: () => Promise<void>;
  /** Resolves when no look is under way. */
  readonly done: () => Promise<void>;
}

export function looking({ look, failed, stopped }: LookingOptions): Looking {
  let asked = false;
  let running: Promise<void> | undefined;

  async function lookAll(): Promise<void> {
    while (asked && !stopped()) {
      asked = false;
      await look();
    }
  }

  function ask(): Promise<void> {
    asked = true;
    if (stopped()) return Promise.resolve();
    return (running ??= lookAll()
      .catch((error: unknown) => {
        asked = false;
        failed(error);
      })
      .then(() => {
        running = undefined;
        return asked ? ask() : undefined;
      }));
  }

  return { look: ask, done: () => running ?? Promise.resolve() };
}
