import { setTimeout as wait } from 'node:timers/promises';
import { v7 } from 'uuid';
import { Failure } from '../runtime/failure.ts';
import { absorb, claim, leaseTime, release, type Feed, type Witness } from './feed.ts';
import type { KeyedStore } from './keying.ts';
import { refreshStatistics } from './register.ts';
import type { SystemName } from './systems.ts';

/** How a feed is followed. */
export interface FollowOptions {
  /** Ends the following; what is under way is given up, and comes again next time. */
  readonly signal: AbortSignal;
  /** Milliseconds between the end of the feed and the next look; 5,000 where absent. */
  readonly interval?: number;
  /** Milliseconds to wait after a first failure, doubled by each further one up to a minute; 500 where absent. */
  readonly patience?: number;
  /** Told of what is taken in. */
  readonly witness?: Witness;
  /** Told after every pass. */
  readonly observe?: (progress: Progress) => void;
}

/** How far a feed has been followed. */
export interface Progress {
  readonly system: SystemName;
  /** STANDBY: somebody else follows this feed, and this follower takes over when that one ends. */
  readonly state: 'STARTING' | 'FOLLOWING' | 'STANDBY' | 'FAILING' | 'STOPPED';
  /** Changes taken in since this follower began. */
  readonly changes: number;
  /** Epoch milliseconds at which the register last had everything that the feed had; null until then. */
  readonly currentAt: number | null;
  /** Failures since the last success. */
  readonly failures: number;
  /** The last failure, for the log. */
  readonly failure?: unknown;
}

/** A feed being followed. */
export interface Following {
  progress(): Progress;
  /** Resolves when the following has ended; never rejects. */
  readonly done: Promise<void>;
}

/** Longest wait after a failure, in milliseconds. */
const longestWait = 60_000;

/**
 * Milliseconds to wait after a number of failures in a row: a random part of an exponentially growing time, but at least
 * what the system itself asked for.
 */
export function backoff(failures: number, patience: number, failure: unknown, random: () => number): number {
  const most = Math.min(longestWait, patience * 2 ** Math.min(failures - 1, 20));
  const asked = failure instanceof Failure ? failure.extensions.retryAfter : undefined;
  const least = typeof asked === 'number' ? asked * 1000 : 0;
  return Math.max(least, random() * most);
}

/** The answer, or the signal's reason when that comes first: a feed may be deaf to its signal. */
export function heeding<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    answer.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}

/** Keeps the register current from one system's feed; see `Identity.follow`. */
export function followFeed(store: KeyedStore, feed: Feed, options: FollowOptions): Following {
  const { db } = store;
  const { signal, interval = 5_000, patience = 500, witness, observe } = options;
  const { system } = feed;
  const follower = v7();
  let progress: Progress = { system, state: 'STARTING', changes: 0, currentAt: null, failures: 0 };
  const report = (news: Partial<Progress>) => {
    progress = { ...progress, ...news };
    observe?.(progress);
  };

  let unplanned = 0;
  /** A server analyses tables that have grown by itself; the embedded store has nobody else who does it. */
  const grow = async (taken: number): Promise<void> => {
    unplanned += taken;
    if (db.kind !== 'pglite' || unplanned < 1000 || unplanned * 5 < progress.changes) return;
    unplanned = 0;
    await refreshStatistics(db);
  };

  /** One look at the feed; gives the milliseconds until the next. */
  const pass = async (): Promise<number> => {
    const place = await claim(db, system, follower);
    const standby = { state: 'STANDBY', failures: 0 } as const;
    if (!place) {
      report(standby);
      return interval;
    }
    const begun = Date.now();
    // Well within the lease, so that nobody takes over while an answer is still awaited.
    const patient = AbortSignal.any([signal, AbortSignal.timeout(leaseTime / 2)]);
    const { cursor, first } = place;
    const before = await witness?.before();
    const changes = await heeding(patient, feed.changes(cursor, patient));
    const taken = await absorb(store, system, follower, changes, async (tx, absorbed) =>
      witness?.take(tx, { before: before ?? '', first, changes: absorbed }),
    );
    if (taken === null) {
      report(standby);
      return interval;
    }
    report({
      state: 'FOLLOWING',
      changes: progress.changes + taken,
      currentAt: changes.more ? progress.currentAt : begun,
      failures: 0,
    });
    await grow(taken);
    return changes.more ? 0 : interval;
  };

  const stopped = () => signal.aborted;
  const run = async (): Promise<void> => {
    while (!stopped()) {
      let pause: number;
      try {
        pause = await pass();
      } catch (failure) {
        if (stopped()) break;
        const failures = progress.failures + 1;
        report({ state: 'FAILING', failures, failure });
        pause = backoff(failures, patience, failure, Math.random);
      }
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
    // A store that is gone lets go of the feed by itself, when the lease ends.
    await release(db, system, follower).catch(() => undefined);
    report({ state: 'STOPPED' });
  };
  return { progress: () => progress, done: run() };
}
