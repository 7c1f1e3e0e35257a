import { newMemo } from '../runtime/context.ts';
import { looking } from '../runtime/looking.ts';
import { drive, type DriveOptions, type Left } from './drive.ts';
import type { Held } from './journal.ts';
import type { ParticipantCall } from './participant.ts';
import { isOver, lanes, type Lane } from './write.ts';

export interface WorkerOptions extends DriveOptions {
  /** Writes that this process carries out at a time; twice as many for a moment, where it takes up and accepts at once. */
  readonly concurrency: number;
  /** Milliseconds between two looks for writes that nobody has told it of. */
  readonly interval: number;
  /** Told of a drive that ended by a fault; its write is taken up again when its lease is over. */
  readonly failed: (error: unknown) => void;
}

/** Carries out writes of this process and, where they were left, of others. */
export interface Worker {
  /** Keeps a place for a write in a hurry that is about to be accepted; null where there is none. */
  reserve(): Place | null;
  /** Looks for due writes at once. */
  look(): void;
  /**
   * Resolves when the write is over, or at that moment, by `performance.now()`; to the write as it was left, where that
   * was here, otherwise to null.
   */
  waitFor(id: string, until: number): Promise<Left | null>;
  /** Writes in the hands of this process, by lane. */
  running(): Readonly<Record<Lane, number>>;
  /** Takes up nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** A place that is kept for one write; use one of both, once. */
export interface Place {
  /** Begins with the write, which this process holds. */
  take(held: Held, memo: ParticipantCall['memo']): void;
  free(): void;
}

/** A worker over a journal. `isOverElsewhere` tells which of these writes are over, whoever carried them out. */
export function startWorker(
  options: WorkerOptions,
  isOverElsewhere: (ids: readonly string[]) => Promise<readonly string[]>,
): Worker {
  const { journal, concurrency, interval, failed } = options;
  const counts: Record<Lane, number> = { INTERACTIVE: 0, ONBOARDING: 0, BULK: 0 };
  const drives = new Set<Promise<void>>();
  const waiting = new Map<string, Set<(left: Left | null) => void>>();
  let stopped = false;
  /** Whether something due may have been left for want of room. */
  let short = false;

  /** Begins with a write that has its place. */
  function begin(held: Held, takenOver: boolean, memo: ParticipantCall['memo']): void {
    const done = drive({ ...held, takenOver, memo }, options)
      .then((left) => {
        if (isOver(left.write.state)) tell(left.write.id, left);
        return left.followed;
      }, failed)
      .then((followed) => {
        drives.delete(done);
        free(held.write.lane, followed === true);
      });
    drives.add(done);
  }

  function free(lane: Lane, followed: boolean): void {
    counts[lane]--;
    if (followed || short) look();
  }

  function tell(id: string, left: Left | null): void {
    for (const resume of waiting.get(id) ?? []) resume(left);
    waiting.delete(id);
  }

  /** How many more writes of a lane may be begun: what is in a hurry is never short of room, and nobody starves. */
  function room(lane: Lane): number {
    const total = lanes.reduce((sum, one) => sum + counts[one], 0);
    const idle = lanes.filter((one) => one !== lane && counts[one] === 0).length;
    const kept = concurrency > lanes.length ? idle : 0;
    const share = { INTERACTIVE: concurrency, ONBOARDING: concurrency / 2, BULK: bulkShare() }[lane];
    return Math.max(0, Math.floor(Math.min(share - counts[lane], concurrency - total - kept)));
  }

  /** Bulk keeps one place whatever happens, and no more while somebody waits. */
  function bulkShare(): number {
    return counts.INTERACTIVE > 0 ? 1 : Math.max(1, concurrency / 4);
  }

  async function lookOnce(): Promise<void> {
    const most = { INTERACTIVE: room('INTERACTIVE'), ONBOARDING: room('ONBOARDING'), BULK: room('BULK') };
    short = true;
    if (Object.values(most).every((some) => some === 0)) return;
    const claimed = await journal.claim(most);
    const taken = Map.groupBy(claimed, ({ write }) => write.lane);
    short = lanes.some((lane) => (taken.get(lane)?.length ?? 0) >= most[lane]);
    for (const { takenOver, ...held } of claimed) {
      counts[held.write.lane]++;
      // What the calls for one write look up is shared by them alone.
      begin(held, takenOver, newMemo());
    }
  }

  const looks = looking({ look: lookOnce, failed, stopped: () => stopped });
  const look = (): void => void looks.look();

  async function askForWaiting(): Promise<void> {
    const over = await isOverElsewhere([...waiting.keys()]);
    for (const id of over) tell(id, null);
  }

  const looker = setInterval(look, interval);
  const asker = setInterval(() => {
    if (waiting.size > 0) askForWaiting().catch(failed);
  }, interval);

  return {
    reserve() {
      if (stopped || room('INTERACTIVE') < 1) return null;
      counts.INTERACTIVE++;
      return {
        take: (held, memo) => {
          begin(held, false, memo);
        },
        free: () => {
          free('INTERACTIVE', false);
        },
      };
    },
    look,
    waitFor: (id, until) =>
      new Promise((resolve) => {
        const resumes = waiting.get(id) ?? new Set();
        waiting.set(id, resumes);
        const resume = (left: Left | null): void => {
          clearTimeout(timer);
          resumes.delete(resume);
          if (resumes.size === 0) waiting.delete(id);
          resolve(left);
        };
        const timer = setTimeout(resume, Math.max(0, until - performance.now()), null);
        resumes.add(resume);
      }),
    running: () => ({ ...counts }),
    async stop() {
      stopped = true;
      clearInterval(looker);
      clearInterval(asker);
      await looks.done();
      await Promise.all(drives);
    },
  };
}
