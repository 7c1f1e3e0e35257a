import { v7 } from 'uuid';
import { absorb, claim, release, type Changes, type Feed, type Witness } from './feed.ts';
import type { KeyedStore } from './keying.ts';

/** A feed whose records somebody else brings into the register, so that nobody reads them a second time. */
export interface Held {
  /** Takes in what the feed tells now, to its end: from here on it is to tell nothing but what `pass` passes over. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Goes on from this cursor: what the feed told until there is in the register. */
  pass(cursor: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Keeps followers away from a feed; null where somebody follows it already, who will read everything himself.
 * @param witness told of what is taken in
 */
export async function holdFeed(store: KeyedStore, feed: Feed, witness?: Witness): Promise<Held | null> {
  const { db } = store;
  const holder = v7();
  const { system } = feed;
  if ((await claim(db, system, holder)) === undefined) return null;
  /** Nothing where the lease has passed to a follower meanwhile: he reads on from where it was. */
  const take = (changes: Changes, before = '', first = false) =>
    absorb(store, system, holder, changes, async (tx, absorbed) =>
      witness?.take(tx, { before, first, changes: absorbed }),
    );
  return {
    async catchUp(signal) {
      for (let more = true; more;) {
        const place = await claim(db, system, holder);
        if (!place) return;
        const before = await witness?.before();
        const changes = await feed.changes(place.cursor, signal);
        more = (await take(changes, before, place.first)) !== null && changes.more;
      }
    },
    async pass(next) {
      await take({ changed: [], next, more: false });
    },
    release: () => release(db, system, holder),
  };
}
