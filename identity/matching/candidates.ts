import type { Queryable } from '../../runtime/db/index.ts';
import { keyColumns } from '../columns.ts';
import type { MatchKeys } from '../facts.ts';

/** Customers of a block at most: a larger one says nothing of those in it, and is passed over. */
export const blockLimit = 50;
/** Customers with similar names at most. */
const similarLimit = 50;
/** How many of their trigrams two names must have in common, from 0 to 1, for one to be found by the other. */
const similarity = 0.5;

/** A customer to be compared. */
export interface Candidate extends MatchKeys {
  readonly id: string;
}

/** A customer to be compared, and whom with: the place of that one among those asked for. */
export interface CandidateOf extends Candidate {
  readonly of: number;
}

/**
 * Each block is read up to one more than it may have, in the order of its index, however large it is. MATERIALIZED keeps
 * the store from reading all customers where it thinks that there are few of them.
 */
const inBlocks = `
  with hit as materialized (
    select distinct p.of, m.id
    from unnest($1::int[], $2::int8[]) p (of, key)
      cross join lateral (
        select array_agg(b.customer_id) as ids from (
          select customer_id from identity_block where key = p.key limit ${blockLimit + 1}
        ) b
      ) block
      cross join lateral unnest(block.ids) m (id)
    where cardinality(block.ids) <= ${blockLimit}
  )
  select h.of, c.id, ${keyColumns.answered('c')}
  from hit h join identity_customer c on c.id = h.id and c.merged_into is null`;

/** The customers that share a block with each of those asked for, itself among them where it has an id. One statement. */
export async function sharingBlocks(
  db: Queryable,
  asked: readonly (readonly string[])[],
): Promise<readonly CandidateOf[]> {
  const pairs = asked.flatMap((blocks, of) => blocks.map((block) => ({ of, block })));
  if (pairs.length === 0) return [];
  return db.query<CandidateOf>(inBlocks, [pairs.map(({ of }) => of), pairs.map(({ block }) => block)]);
}

/** The keys of customers by their ids; merged and unknown ones are absent. */
export async function keysOfCustomers(db: Queryable, ids: readonly string[]): Promise<readonly Candidate[]> {
  return db.query<Candidate>(
    `select c.id, ${keyColumns.answered('c')} from identity_customer c
     where c.id = any($1::uuid[]) and c.merged_into is null`,
    [ids],
  );
}

/**
 * The customers whose names have most trigrams in common with a folded one. Reads long stretches of an index: for a single
 * question, not for a sweep.
 */
export async function namedSimilarly(tx: Queryable, name: string): Promise<readonly Candidate[]> {
  if (name === '') return [];
  await tx.query(`select set_config('pg_trgm.similarity_threshold', $1, true)`, [String(similarity)]);
  return tx.query<Candidate>(
    `select c.id, ${keyColumns.answered('c')} from identity_customer c
     where c.merged_into is null and c.name % $1
     order by similarity(c.name, $1) desc, c.id limit ${similarLimit}`,
    [name],
  );
}
