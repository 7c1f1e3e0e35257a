import { randomUUID } from 'node:crypto';
import type { Continue } from '../steward/index.ts';
import { acceptIn } from './accept.ts';
import type { Coordination, CoordinationOptions, WriteView } from './coordination.ts';
import { decisionsIn } from './decisions.ts';
import type { Boundary } from './drive.ts';
import { journalIn, type Journal } from './journal.ts';
import { showWrites } from './gauges.ts';
import { setLimits } from './limits.ts';
import { progressIn } from './progress.ts';
import { recordsIn, type Records } from './records.ts';
import { reviewedIn } from './reviewed.ts';
import { startWorker, type Worker } from './worker.ts';
import { isOver } from './write.ts';

export interface OpenedCoordination {
  readonly coordination: Coordination;
  /** Continues a write that waited for a person, as a steward decided. */
  readonly reviewed: Continue;
  /** For writes that are ordered from within: by workflows. */
  readonly engine: {
    readonly journal: Journal;
    readonly records: Records;
    readonly worker: Worker;
  };
  /** Takes up no more writes, and waits for what runs to be settled. */
  stop(): Promise<void>;
}

/** How writes are carried out. */
export interface Pace {
  /** Milliseconds for which a write is held without a word from its worker. */
  readonly lease: number;
  /** Milliseconds for one call to an owner; at most a third of the lease. */
  readonly callTimeout: number;
  /** Writes that this process carries out at a time; twice as many for a moment, where it takes up and accepts at once. */
  readonly concurrency: number;
  /** Milliseconds between two looks for due writes. */
  readonly interval: number;
  /** Milliseconds between two looks at writes whose progress somebody watches. */
  readonly watching: number;
  /** Calls of one step that may end unknown or in conflict. */
  readonly attempts: number;
  /** Milliseconds of the first pause at most, and of any pause. */
  readonly pauses: readonly [first: number, longest: number];
}

export const usualPace: Pace = {
  lease: 30_000,
  callTimeout: 5_000,
  concurrency: 32,
  interval: 200,
  watching: 250,
  attempts: 8,
  pauses: [200, 60_000],
};

/** Takes up what was left, and begins to carry out writes. */
export async function openCoordination(
  options: CoordinationOptions,
  pace: Pace = usualPace,
  at: (boundary: Boundary) => void | Promise<void> = () => undefined,
): Promise<OpenedCoordination> {
  const { db, identity, participants, fingerprint, metrics, failed } = options;
  const { lease, callTimeout, concurrency, interval, watching, attempts, pauses } = pace;
  const records = recordsIn(db);
  const journal = journalIn({ db, worker: randomUUID(), lease });
  await setLimits(db, options.limits ?? []);
  await journal.recover();
  const tolerance = { attempts, pause: (tries: number) => jittered(tries, pauses) };
  const driving = {
    journal,
    participants,
    fingerprint,
    tolerance,
    callTimeout,
    captured: options.captured,
    at,
  };
  const worker = startWorker({ ...driving, concurrency, interval, failed }, (ids) => records.over(ids));
  const progress = progressIn({ records, isDone: isSettled, interval: watching, failed });
  showWrites(metrics, records, worker);
  return {
    coordination: {
      ...acceptIn({ identity, participants, journal, records, worker, callTimeout, at }),
      ...decisionsIn({ journal, records, worker }),
      write: (id) => records.view(id),
      progress: (id, { signal }) => progress.watch(id, signal),
      writes: (filter, page) => records.page(filter, page),
      pendingOf: (entityIds, page) => records.pendingOf(entityIds, page),
    },
    engine: { journal, records, worker },
    reviewed: reviewedIn({ journal, records, worker }),
    stop: () => worker.stop(),
  };
}

/** Whether nothing more happens to a write, and to the copies of what it has changed. */
function isSettled({ state, copies }: WriteView): boolean {
  return isOver(state) && copies.every((copy) => isOver(copy.state));
}

/** Any pause up to twice as long with each try: full jitter, so that not all come back at once. */
export function jittered(tries: number, [first, longest]: Pace['pauses']): number {
  return Math.random() * Math.min(longest, first * 2 ** (tries - 1));
}
