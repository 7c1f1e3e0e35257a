import { drive, type DriveOptions } from './drive.ts';
import type { Held } from './journal.ts';
import type { ParticipantCall } from './participant.ts';
import { isOver, lanes, type Lane, type Write } from './write.ts';

export interface WorkerOptions extends DriveOptions {
  /** Writes that this process carries out at a time. */
  readonly concurrency: number;
  /** Milliseconds between two looks for writes that nobody has told it of. */
  readonly interval: number;
  /** Told of a drive that ended by a fault; its write is taken up again when its lease is over. */
  readonly failed: (error: unknown) => void;
}

/** Carries out writes of this process and, where they were left, of others. */
export interface Worker {
  /** Whether a write may be claimed as it is accepted. */
  readonly hasRoom: () => boolean;
  /** Begins with a write that this process holds. */
  take(held: Held, memo: ParticipantCall['memo']): void;
  /** Looks for due writes at once. */
  look(): void;
  /** Resolves when the write is over, or at that moment, by `performance.now()`; sooner ends come sooner. */
  waitFor(id: string, until: number): Promise<void>;
  /** Writes in the hands of this process, by lane. */
  running(): Readonly<Record<Lane, number>>;
  /** Takes up nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** A worker over a journal. `isOverElsewhere` tells which of these writes are over, whoever carried them out. */
export function startWorker(
  options: WorkerOptions,
  isOverElsewhere: (ids: readonly string[]) => Promise<readonly string[]>,
): Worker {
  const { journal, concurrency, interval, failed } = options;
  const counts: Record<Lane, number> = { INTERACTIVE: 0, ONBOARDING: 0, BULK: 0 };
  const drives = new Set<Promise<void>>();
  const waiting = new Map<string, Set<() => void>>();
  let stopped = false;
  let looking: Promise<void> | undefined;
  /** Calls of `look` that nobody has looked for yet. */
  let asked = 0;

  function begin(held: Held, takenOver: boolean, memo: ParticipantCall['memo']): void {
    const { lane } = held.write;
    counts[lane]++;
    const done = drive({ ...held, takenOver, memo }, options)
      .then(left, failed)
      .finally(() => {
        counts[lane]--;
        drives.delete(done);
        look();
      });
    drives.add(done);
  }

  function left(write: Write): void {
    if (!isOver(write.state)) return;
    for (const resume of waiting.get(write.id) ?? []) resume();
    waiting.delete(write.id);
  }

  /** How many more writes of a lane may be begun: what is in a hurry is never short of room. */
  function room(lane: Lane): number {
    const total = lanes.reduce((sum, one) => sum + counts[one], 0);
    const share = { INTERACTIVE: concurrency, ONBOARDING: concurrency / 2, BULK: bulkShare() }[lane];
    return Math.floor(Math.min(share - counts[lane], concurrency - total));
  }

  /** Bulk keeps one place whatever happens, and no more while somebody waits. */
  function bulkShare(): number {
    return counts.INTERACTIVE > 0 ? 1 : Math.max(1, concurrency / 4);
  }

  async function lookOnce(): Promise<void> {
    for (const lane of lanes) {
      const most = room(lane);
      if (most < 1 || stopped) continue;
      for (const { takenOver, ...held } of await journal.claim(lane, most))
        begin(held, takenOver, memoOfOne());
    }
  }

  function look(): void {
    asked++;
    if (stopped || looking) return;
    looking = lookAll()
      .catch(failed)
      .finally(() => {
        looking = undefined;
        if (asked > 0) look();
      });
  }

  async function lookAll(): Promise<void> {
    for (let seen = 0; seen < asked && !stopped;) {
      seen = asked;
      await lookOnce();
    }
    asked = 0;
  }

  async function askForWaiting(): Promise<void> {
    const over = await isOverElsewhere([...waiting.keys()]);
    for (const id of over) {
      for (const resume of waiting.get(id) ?? []) resume();
      waiting.delete(id);
    }
  }

  const looker = setInterval(look, interval);
  const asker = setInterval(() => {
    if (waiting.size > 0) askForWaiting().catch(failed);
  }, interval);

  return {
    hasRoom: () => !stopped && room('INTERACTIVE') > 0,
    take: (held, memo) => {
      begin(held, false, memo);
    },
    look,
    waitFor: (id, until) =>
      new Promise((resolve) => {
        const resumes = waiting.get(id) ?? new Set();
        waiting.set(id, resumes);
        const resume = (): void => {
          clearTimeout(timer);
          resumes.delete(resume);
          if (resumes.size === 0) waiting.delete(id);
          resolve();
        };
        const timer = setTimeout(resume, Math.max(0, until - performance.now()));
        resumes.add(resume);
      }),
    running: () => ({ ...counts }),
    async stop() {
      stopped = true;
      clearInterval(looker);
      clearInterval(asker);
      await looking;
      await Promise.all(drives);
    },
  };
}

/** What the calls for one write look up is shared by them alone. */
function memoOfOne(): ParticipantCall['memo'] {
  const memos = new Map<object, unknown>();
  return <T>(key: object, create: () => T): T => {
    if (!memos.has(key)) memos.set(key, create());
    return memos.get(key) as T;
  };
}
