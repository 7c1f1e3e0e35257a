import { baselineInto, logIn, type Intake } from '../events/index.ts';
import type { Absorbed, Following, FollowOptions, Identity, Witness } from '../identity/index.ts';
import type { Db } from '../runtime/db/index.ts';
import type { System } from './system.ts';

/** Where a system's own changes go. */
export interface Watching {
  readonly db: Db;
  readonly identity: Identity;
  readonly intake: Intake;
}

/** Keeps the register current from a system's feed, and captures what the feed tells: both in one transaction. */
export function watchFeed(
  { feed, system }: Pick<System, 'feed' | 'system'>,
  { db, identity, intake }: Watching,
  options: Omit<FollowOptions, 'witness'>,
): Following {
  return identity.follow(feed, { ...options, witness: witnessOf(db, system, intake) });
}

/**
 * Captures what a feed tells. What nobody has seen before a feed was read to its end for the first time was there from
 * the beginning, and is told to nobody; its next change is told as exactly what changed.
 * @param filling whether records are brought into the system from outside, which were there from the beginning as well
 */
export function witnessOf(db: Db, system: System['system'], intake: Intake, filling = false): Witness {
  return {
    before: async () => (await logIn(db).head()).position,
    async take(tx, { before, first, changes }) {
      const begun = filling || first ? changes.flatMap((change) => baselineOf(system, change)) : [];
      const fresh = new Set((await baselineInto(tx, begun)).map(({ key }) => key));
      const rest = changes.filter(({ key }) => !fresh.has(key));
      await intake(tx, { system, source: 'FEED', since: before, changes: rest });
    },
  };
}

function baselineOf(system: System['system'], { key, customerId, version, fingerprints }: Absorbed) {
  if (customerId === null || version === undefined || fingerprints === undefined) return [];
  return [{ system, key, entityId: customerId, version, fingerprints }];
}
