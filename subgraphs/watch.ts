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

/** Captures what a feed tells. */
export function witnessOf(db: Db, system: System['system'], intake: Intake): Witness {
  return {
    before: async () => (await logIn(db).head()).position,
    take: (tx, { before, changes }) => intake(tx, { system, source: 'FEED', since: before, changes }),
  };
}

/**
 * The same where records are brought into systems from outside: what nobody has seen before is there from the beginning,
 * and told to nobody; its next change is told as exactly what changed.
 */
export function beginning(db: Db, system: System['system'], intake: Intake): Witness {
  const witness = witnessOf(db, system, intake);
  return {
    ...witness,
    async take(tx, { before, changes }) {
      const begun = await baselineInto(
        tx,
        changes.flatMap((change) => baselineOf(system, change)),
      );
      const fresh = new Set(begun.map(({ key }) => key));
      await witness.take(tx, { before, changes: changes.filter(({ key }) => !fresh.has(key)) });
    },
  };
}

function baselineOf(system: System['system'], { key, customerId, version, fingerprints }: Absorbed) {
  if (customerId === null || version === undefined || fingerprints === undefined) return [];
  return [{ system, key, entityId: customerId, version, fingerprints }];
}
