export interface RoundsOptions {
  /** Does what there is to do; where it is told to stop, it leaves what would take long. */
  readonly round: (stopped: () => boolean) => Promise<void>;
  /** Told of rounds that failed; the next one takes up what was left. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds between two rounds. */
  readonly interval: number;
}

/** One round after the other, never two at a time. */
export interface Rounds {
  /** Begins the next one at once. */
  wake(): void;
  /** One more round, after the one that is under way, and then none. */
  stop(): Promise<void>;
}

/** Longest pause after faults, in milliseconds. */
const longestPause = 5_000;

/** Begins to make rounds. After faults the pauses grow, and nobody shortens them. */
export function startRounds({ round, failed, interval }: RoundsOptions): Rounds {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let faults = 0;
  let timer: NodeJS.Timeout | undefined;

  function run(): Promise<void> {
    clearTimeout(timer);
    again = false;
    return (running ??= round(() => stopped)
      .then(
        () => (faults = 0),
        (error: unknown) => {
          faults++;
          failed(error);
        },
      )
      .then(() => {
        running = undefined;
        if (stopped) return;
        const pause =
          again && faults === 0 ? 0 : Math.min(longestPause, interval * 2 ** Math.min(faults, 16));
        timer = setTimeout(() => void run(), pause);
      }));
  }
  void run();
  return {
    wake() {
      again = true;
      if (!running && !stopped && faults === 0) void run();
    },
    async stop() {
      stopped = true;
      await running;
      await run();
    },
  };
}
