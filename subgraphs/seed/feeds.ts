import { intakeOf } from '../../events/index.ts';
import type { Held } from '../../identity/index.ts';
import { crossingOf } from '../crossing.ts';
import { systems } from '../index.ts';
import type { Store } from '../store.ts';
import type { SystemFeed } from '../system.ts';
import { witnessOf } from '../watch.ts';

/** The feeds of the systems that are being filled. */
export interface HeldFeeds {
  /** To be called when all that the feeds tell by now is in the register. */
  pass(): Promise<void>;
  release(): Promise<void>;
}

interface Holding {
  readonly feed: SystemFeed;
  readonly held: Held;
}

/** Reads the feeds to their end, as what was there from the beginning; see `holdFeeds`. */
export async function readFeeds(store: Store): Promise<void> {
  const feeds = await holdFeeds(store);
  await feeds.release();
}

/**
 * Reads the feeds to their end and holds them, so that what is made from now on need not be read out of them again. What
 * they tell was there from the beginning: to the change feed no record that it has not seen before is a change. A feed
 * that a running process follows is left to that one.
 */
export async function holdFeeds(store: Store): Promise<HeldFeeds> {
  const { signal } = new AbortController();
  const { db, identity } = store;
  const holdings: Holding[] = [];
  // Whatever a write is just about to change here is nothing to tell either.
  const intake = intakeOf({ entity: 'Customer', busy: () => Promise.resolve(new Set()) });
  for (const feed of feedsOf(store)) {
    const held = await identity.hold(feed, witnessOf(db, feed.system, intake, true));
    if (held) holdings.push({ feed, held });
  }
  for (const { held } of holdings) await held.catchUp(signal);
  return {
    async pass() {
      for (const { feed, held } of holdings) await held.pass(await feed.now(signal));
    },
    async release() {
      for (const { held } of holdings) await held.release();
    },
  };
}

function feedsOf({ db, identity, fingerprint }: Store): readonly SystemFeed[] {
  return systems.map(({ open, sandbox, system }) => {
    const { feed } = open(sandbox(db).wire, {
      guard: (context, run) => run(context.signal),
      crossing: crossingOf(identity, system),
      fingerprint,
      site: null,
    });
    return feed;
  });
}
