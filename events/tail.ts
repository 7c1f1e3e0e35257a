import type { Db } from '../runtime/db/index.ts';
import { Failure } from '../runtime/failure.ts';
import { looking } from '../runtime/looking.ts';
import type { Change } from './change.ts';
import { cursorAt } from './cursor.ts';
import type { Log } from './log.ts';
import { createRing } from './ring.ts';
import { told, type Told } from './told.ts';

/** Changes that are kept at hand for those who are a little behind. */
const kept = 1_024;
/** Changes that one reading of the log gives. */
const page = 500;

/** The end of the log as this process has it: read once, for all of its subscribers. */
export interface Tail {
  /** Names the log. */
  readonly epoch: string;
  /** Of the last change that is here. */
  readonly position: () => number;
  /** Whether all that comes after a position is here, now or later; otherwise it has to be read from the log. */
  reaches(position: number): boolean;
  /** What follows a position; undefined where it is not here, or not yet. The same object for all who ask. */
  after(position: number): Told | undefined;
  /** Calls once there is more than now, and gives the way not to be called. */
  moved(resume: () => void): () => void;
  /** Looks into the log at once; resolves when that is done, whether it could be read or not. */
  look(): Promise<void>;
  /** Takes changes that somebody has read already. What does not follow the last one is read from the log. */
  readonly offer: (changes: readonly Change[]) => Promise<void>;
  /** Whether it was stopped: nothing comes any more. */
  stopped(): boolean;
  /** Resolves once nothing is read any more; whoever waits is called. */
  stop(): Promise<void>;
}

export interface TailOptions {
  readonly db: Pick<Db, 'listen'>;
  readonly log: Log;
  /** Milliseconds after which it looks by itself: a lost notification costs that much, and never a change. */
  readonly interval?: number;
  /** Whether others bring the changes, so that a notification need not be followed by a look. */
  readonly served?: () => boolean;
  /** Told once each time when the log can be read no more. */
  readonly failed: (error: unknown) => void;
}

/** Follows the log from its present end. */
export async function openTail({
  db,
  log,
  interval = 1_000,
  served = () => false,
  failed,
}: TailOptions): Promise<Tail> {
  const head = await log.head();
  const ring = createRing<Told>(kept, Number(head.position));
  let waiting = new Set<() => void>();
  let broken = false;
  let stopped = false;

  /** Takes what follows the last change; tells whether nothing was left over that does not. */
  function take(changes: readonly Change[]): boolean {
    const before = ring.last();
    const next = changes.filter(({ position }) => Number(position) > before);
    const gap = next.findIndex(({ position }, index) => Number(position) !== before + 1 + index);
    for (const change of gap < 0 ? next : next.slice(0, gap))
      ring.push(told(change, cursorAt(head, change.position)));
    if (ring.last() > before) wake();
    return gap < 0;
  }

  function wake(): void {
    const resumed = waiting;
    waiting = new Set();
    for (const resume of resumed) resume();
  }

  async function readOn(): Promise<void> {
    for (;;) {
      const changes = await log.after(String(ring.last()), page);
      if (!take(changes)) throw new Error(`the log has a gap after ${ring.last()}`);
      if (changes.length < page) return;
    }
  }

  /** Where retention has overtaken it, all subscribers have been overtaken as well: they are told so by the log. */
  async function restart(error: unknown): Promise<void> {
    if (!(error instanceof Failure && error.code === 'CURSOR_EXPIRED')) throw error;
    const { floor } = await log.head();
    ring.restart(Number(floor));
    wake();
    await readOn();
  }

  const { look, done } = looking({
    async look() {
      await readOn().catch(restart);
      broken = false;
    },
    failed(error) {
      if (!broken && !stopped) failed(error);
      broken = true;
    },
    stopped: () => stopped,
  });

  const silence = await db.listen('events', (position) => {
    // A notification of this log brings a new position: an old one is of another log, or of what came here already.
    if (!served() && (position === '' || Number(position) > ring.last())) void look();
  });
  const timer = setInterval(() => void look(), interval);
  // What was told before anybody listened.
  await look();

  return {
    epoch: head.epoch,
    position: ring.last,
    reaches: ring.reaches,
    after: ring.after,
    moved(resume) {
      waiting.add(resume);
      return () => waiting.delete(resume);
    },
    look,
    offer: (changes) => (take(changes) ? Promise.resolve() : look()),
    stopped: () => stopped,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await silence();
      await done();
      wake();
    },
  };
}
