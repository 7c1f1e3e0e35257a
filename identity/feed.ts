import type { Queryable } from '../runtime/db/index.ts';
import type { Enrolment } from './assign.ts';
import { batches } from './batches.ts';
import { customerId, holdersEver } from './crosswalk.ts';
import { enrolled, isUsable, takeTurn } from './enrol.ts';
import { erasedOf } from './erased.ts';
import type { Facts } from './facts.ts';
import type { KeyedStore, Keying } from './keying.ts';
import { refreshBatch, unlinkBatch } from './refresh.ts';
import { recordName, type LocalRecord, type SystemName } from './systems.ts';

/** A record that has changed in its system, as it is now. */
export interface Change {
  /** The system's own key. */
  readonly key: string;
  readonly facts: Facts;
  /** The customer, or another system's record of it, that the record itself names. */
  readonly refersTo?: LocalRecord | { readonly customer: string } | undefined;
  /** Whether the record is gone. */
  readonly deleted?: boolean | undefined;
  /** For those who are told of what was taken in, and opaque here: as the system gives it. */
  readonly version?: string | undefined;
  /** A text for each attribute that is another one whenever its value is. */
  readonly fingerprints?: Readonly<Record<string, string>> | undefined;
  /** The same of the copies that it has of what other systems own. */
  readonly copies?: Readonly<Record<string, string>> | undefined;
  /** Attributes that have changed without being part of the record. */
  readonly touched?: readonly string[] | undefined;
}

/** A change that the register has taken in. */
export interface Absorbed extends Change {
  /** The customer; null for a record that is gone and that nobody ever knew. */
  readonly customerId: string | null;
  /** Whether the record belonged to a customer before. */
  readonly known: boolean;
}

/** Whoever is told of what is taken in from a feed, in the transaction that moves its cursor. */
export interface Witness {
  /** Asked before the feed is; the answer is given back with what the feed told. */
  before(): Promise<string>;
  take(tx: Queryable, taken: Taken): Promise<void>;
}

/** What was taken in from a feed. */
export interface Taken {
  readonly before: string;
  /** Whether the feed has never been read to its end: what it tells was there before anybody looked. */
  readonly first: boolean;
  readonly changes: readonly Absorbed[];
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

/** Where a feed is to be read on from. */
export interface Place {
  /** Null at its beginning. */
  readonly cursor: string | null;
  /** Whether it has never been read to its end. */
  readonly first: boolean;
}

/** Takes a feed into a follower's hands; undefined when somebody else follows it. */
export async function claim(db: Queryable, system: SystemName, follower: string): Promise<Place | undefined> {
  const [row] = await db.query<Place>(
    `insert into identity_feed as f (system, held_by, held_until)
     values ($1, $2::uuid, clock_timestamp() + $3::int * interval '1 millisecond')
     on conflict (system) do update set held_by = excluded.held_by, held_until = excluded.held_until
     where f.held_by is null or f.held_by = excluded.held_by or f.held_until < clock_timestamp()
     returning cursor, not caught_up as first`,
    [system, follower, leaseTime],
  );
  return row;
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
 * Takes changes in, within a transaction. The same changes again change nothing; of several of one record the last
 * counts. Records with a key that the register cannot hold, and those of customers that were erased, are passed over, and not
 * among what it gives.
 */
export async function takeIn(
  tx: Queryable,
  system: SystemName,
  changed: readonly Change[],
  keying: Keying,
): Promise<readonly Absorbed[]> {
  await takeTurn(tx);
  const usable = changed.filter(({ key }) => isUsable({ system, key }));
  const distinct = new Map(usable.map((change) => [change.key, change]));
  const erased = await erasedOf(tx, system, [...distinct.keys()]);
  const latest = [...distinct.values()].filter(({ key }) => !erased.has(key));
  const absorbed: Absorbed[] = [];
  for (const batch of batches(latest.filter(({ deleted }) => deleted !== true))) {
    const { holders, linked } = await enrolled(
      tx,
      batch.map((change) => enrolmentOf(system, change)),
      keying,
    );
    await refreshBatch(tx, system, batch, keying);
    const fresh = new Set(linked.map(recordName));
    for (const [i, change] of batch.entries()) {
      const known = !fresh.has(recordName({ system, key: change.key }));
      absorbed.push({ ...change, customerId: holders[i] ?? null, known });
    }
  }
  for (const batch of batches(latest.filter(({ deleted }) => deleted === true))) {
    const keys = batch.map(({ key }) => key);
    const holders = await holdersEver(tx, system, keys);
    await unlinkBatch(tx, system, keys, keying);
    for (const change of batch) {
      const customerId = holders.get(change.key) ?? null;
      absorbed.push({ ...change, customerId, known: customerId !== null });
    }
  }
  return absorbed;
}

/**
 * Takes in what a feed told and moves its cursor, in one transaction.
 * @returns how many records were taken in; null when the feed belongs to another follower by now, and nothing was done
 */
export async function absorb(
  { db, keying }: KeyedStore,
  system: SystemName,
  follower: string,
  { changed, next, more }: Changes,
  witness?: (tx: Queryable, changes: readonly Absorbed[]) => Promise<void>,
): Promise<number | null> {
  return db.transaction(async (tx) => {
    await takeTurn(tx);
    const mine = await tx.query(
      `update identity_feed set cursor = $3, held_until = clock_timestamp() + $4::int * interval '1 millisecond',
         caught_up = caught_up or $5
       where system = $1 and held_by = $2::uuid returning system`,
      [system, follower, next, leaseTime, !more],
    );
    if (mine.length === 0) return null;
    const absorbed = await takeIn(tx, system, changed, keying);
    if (absorbed.length > 0) await witness?.(tx, absorbed);
    return absorbed.length;
  });
}
