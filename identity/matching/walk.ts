import { setImmediate as breathe } from 'node:timers/promises';
import type { Queryable } from '../../runtime/db/index.ts';
import { batches } from '../batches.ts';
import { blockLimit, keysOfCustomers } from './candidates.ts';
import { comparePossible, type Comparison } from './compare.ts';
import { profileOf, type Profile } from './profile.ts';
import { pairName, type Pair } from './verdicts.ts';

/** Below the number of every block. */
const beforeAll = String(-(2n ** 63n));
/** Comparisons after which others that wait for the process have their turn. */
const breath = 500;

/** Some blocks in the order of their numbers. */
interface Page {
  /** The last block of the page; null where there is none any more. */
  readonly place: string | null;
  /** Entries of blocks that are behind it now. */
  readonly walked: number;
  /** The customers of each block that has more than one and not too many. */
  readonly blocks: readonly (readonly string[])[];
}

/**
 * A block that the page cuts in two is left to the next page, unless it is the only one: then it is far too large, and
 * is passed over.
 */
const page = `
  with entry as materialized (
    select key, customer_id from identity_block where key > $1::int8 order by key limit $2
  ), ends as (
    select count(*)::int as walked, min(key) as first, max(key) as last from entry
  ), cut as (
    select walked = $2 and first <> last as is from ends
  ), whole as (
    select e.* from entry e, ends, cut where not cut.is or e.key < ends.last
  )
  select (select max(key) from whole) as place, (select count(*)::int from whole) as walked, b.ids
  from (select 1) one left join (
    select array_agg(customer_id) as ids from whole group by key having count(*) between 2 and ${blockLimit}
  ) b on true`;

async function blocksAfter(db: Queryable, place: string, most: number): Promise<Page> {
  const rows = await db.query<{ place: string | null; walked: number; ids: string[] | null }>(page, [
    place,
    most,
  ]);
  const [first] = rows;
  return {
    place: first?.place ?? null,
    walked: first?.walked ?? 0,
    blocks: rows.flatMap(({ ids }) => (ids ? [ids] : [])),
  };
}

/** Two customers that were compared. */
export interface Found extends Pair, Comparison {}

/** What comparing the customers of some blocks came to. */
export interface Walked {
  /** See `Page`. */
  readonly place: string | null;
  readonly walked: number;
  /** Pairs that were compared. */
  readonly compared: number;
  /** Those that may be one customer. */
  readonly found: readonly Found[];
}

/** Compares the customers of the blocks after one with each other, each two of them once; null begins with the first. */
export async function walkBlocks(db: Queryable, after: string | null, most: number): Promise<Walked> {
  const { blocks, ...at } = await blocksAfter(db, after ?? beforeAll, most);
  const profiles = new Map<string, Profile>();
  for (const ids of batches([...new Set(blocks.flat())]))
    for (const { id, ...keys } of await keysOfCustomers(db, ids)) profiles.set(id, profileOf(keys));
  const pairs = new Map<string, Pair>();
  for (const ids of blocks) for (const pair of pairsOf(ids)) pairs.set(pairName(pair), pair);
  const found: Found[] = [];
  let compared = 0;
  for (const pair of pairs.values()) {
    const [one, other] = [profiles.get(pair.lower), profiles.get(pair.higher)];
    // One of the two has been merged meanwhile.
    if (!one || !other) continue;
    const comparison = comparePossible(one, other);
    if (comparison) found.push({ ...pair, ...comparison });
    if (++compared % breath === 0) await breathe();
  }
  return { ...at, compared, found };
}

function* pairsOf(ids: readonly string[]): Generator<Pair> {
  const sorted = ids.toSorted();
  for (const [i, lower] of sorted.entries())
    for (const higher of sorted.slice(i + 1)) yield { lower, higher };
}
