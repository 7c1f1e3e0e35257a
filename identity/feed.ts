import type { Db, Queryable } from '../runtime/db/index.ts';
import type { Enrolment } from './assign.ts';
import { batches } from './batches.ts';
import { customerId } from './crosswalk.ts';
import { enrolBatch, isUsable, takeTurn } from './enrol.ts';
import type { Facts } from './facts.ts';
import { refreshBatch, unlinkBatch } from './refresh.ts';
import type { LocalRecord, SystemName } from './systems.ts';

/** A record that has changed in its system, as it is now. */
export interface Change {
  /** The system's own key. */
  readonly key: string;
  readonly facts: Facts;
  /** The customer, or another system's record of it, that the record itself names. */
  readonly refersTo?: LocalRecord | { readonly customer: string } | undefined;
  /** Whether the record is gone. */
  readonly deleted?: boolean | undefined;
}

/** What has changed in a system since a cursor. */
export interface Changes {
  readonly changed: readonly Change[];
  /** The cursor to go on from; changes at it may come again. */
  readonly next: string;
  /** Whether there is more already. */
  readonly more: boolean;
}

/** A system's own feed of modifications. */
export interface Feed {
  readonly system: SystemName;
  /** @param since `next` of an earlier answer, or null for everything. */
  changes(since: string | null, signal: AbortSignal): Promise<Changes>;
}

/** Milliseconds for which a follower has a feed to itself; one that died is succeeded after that. */
export const leaseTime = 60_000;

/** The cursor of a feed, or null at its beginning; undefined when somebody else follows it. */
export async function claim(
  db: Queryable,
  system: SystemName,
  follower: string,
): Promise<string | null | undefined> {
  const [row] = await db.query<{ cursor: string | null }>(
    `insert into identity_feed as f (system, held_by, held_until)
     values ($1, $2::uuid, clock_timestamp() + $3::int * interval '1 millisecond')
     on conflict (system) do update set held_by = excluded.held_by, held_until = excluded.held_until
     where f.held_by is null or f.held_by = excluded.held_by or f.held_until < clock_timestamp()
     returning cursor`,
    [system, follower, leaseTime],
  );
  return row?.cursor;
}

/** Lets go of a feed, so that the next follower need not wait. */
export async function release(db: Queryable, system: SystemName, follower: string): Promise<void> {
  await db.query('update identity_feed set held_by = null where system = $1 and held_by = $2::uuid', [
    system,
    follower,
  ]);
}

function enrolmentOf(system: SystemName, { key, refersTo }: Change): Enrolment {
  const enrolment = { records: [{ system, key }], facts: {} };
  if (refersTo === undefined) return enrolment;
  if ('customer' in refersTo) return { ...enrolment, id: customerId(refersTo.customer) ?? undefined };
  if (refersTo.system === 'IDENTITY') return { ...enrolment, id: customerId(refersTo.key) ?? undefined };
  return isUsable(refersTo) ? { ...enrolment, refersTo } : enrolment;
}

/**
 * Takes changes in and moves the cursor, in one transaction. The same changes again change nothing; of several of one
 * record the last counts. Records with a key that the register cannot hold are passed over.
 * @returns how many records were taken in; null when the feed belongs to another follower by now, and nothing was done
 */
export async function absorb(
  db: Db,
  system: SystemName,
  follower: string,
  { changed, next }: Changes,
): Promise<number | null> {
  return db.transaction(async (tx) => {
    await takeTurn(tx);
    const mine = await tx.query(
      `update identity_feed set cursor = $3, held_until = clock_timestamp() + $4::int * interval '1 millisecond'
       where system = $1 and held_by = $2::uuid returning system`,
      [system, follower, next, leaseTime],
    );
    if (mine.length === 0) return null;
    const usable = changed.filter(({ key }) => isUsable({ system, key }));
    const latest = [...new Map(usable.map((change) => [change.key, change])).values()];
    const present = latest.filter(({ deleted }) => deleted !== true);
    const gone = latest.filter(({ deleted }) => deleted === true);
    for (const batch of batches(present)) {
      await enrolBatch(
        tx,
        batch.map((change) => enrolmentOf(system, change)),
      );
      await refreshBatch(tx, system, batch);
    }
    for (const batch of batches(gone)) {
      await unlinkBatch(
        tx,
        system,
        batch.map(({ key }) => key),
      );
    }
    return latest.length;
  });
}
