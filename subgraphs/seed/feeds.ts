import type { Held } from '../../identity/index.ts';
import { systems } from '../index.ts';
import type { Store } from '../store.ts';
import type { SystemFeed } from '../system.ts';

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

/**
 * Reads the feeds to their end and holds them, so that what is made from now on need not be read out of them again. A
 * feed that a running process follows is left to that one.
 */
export async function holdFeeds(store: Store): Promise<HeldFeeds> {
  const { signal } = new AbortController();
  const holdings: Holding[] = [];
  for (const feed of feedsOf(store)) {
    const held = await store.identity.hold(feed);
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
      crossing: {
        keysOf: (context, ids) => identity.loadersOf(context).keys(system, ids),
        idOf: (context, key) => identity.loadersOf(context).id(system, key),
      },
      fingerprint,
      site: null,
    });
    return feed;
  });
}
