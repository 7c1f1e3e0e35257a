import type { Queryable } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import type { MatchVerdict } from '../../schema/generated/identity.ts';
import { customerId } from '../crosswalk.ts';

/** Two customers, the one with the lower id first. */
export interface Pair {
  readonly lower: string;
  readonly higher: string;
}

/** What a person has decided of two customers. */
export interface Decision {
  /** Ids of the two, in any order. */
  readonly one: string;
  readonly other: string;
  readonly verdict: Exclude<MatchVerdict, 'ASK'>;
  /** The subject of who decided. */
  readonly by: string;
  readonly reason?: string | null | undefined;
}

/**
 * The pair of two ids.
 * @throws Failure BAD_USER_INPUT for an id that is no UUID, and for twice the same
 */
export function pairOf(one: string, other: string): Pair {
  const [lower, higher] = [customerId(one), customerId(other)].sort();
  if (!lower || !higher) throw new Failure('BAD_USER_INPUT', 'The id of a customer must be a UUID.');
  if (lower === higher) throw new Failure('BAD_USER_INPUT', 'A verdict is of two customers, not of one.');
  return { lower, higher };
}

/** One text for a pair. */
export const pairName = ({ lower, higher }: Pair): string => `${lower} ${higher}`;

/** What people have decided of customers. */
export interface Verdicts {
  /**
   * Keeps a decision, in the transaction of the caller; the last one of a pair counts. What a sweep has found of the pair
   * is settled by it, and two that are one are a duplicate less.
   * @throws Failure BAD_USER_INPUT as `pairOf`
   */
  record(tx: Queryable, decision: Decision): Promise<void>;
}

/** What was decided of a customer, by the id of the other. */
export type Decided = ReadonlyMap<string, Decision['verdict']>;

/** What was decided of each of these customers; of whom nothing was is absent. */
export async function verdictsOf(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Decided>> {
  const rows = await db.query<{ id: string; other: string; verdict: Decision['verdict'] }>(
    `select lower as id, higher as other, verdict from identity_verdict where lower = any($1::uuid[])
     union all select higher, lower, verdict from identity_verdict where higher = any($1::uuid[])`,
    [ids],
  );
  const decided = new Map<string, Map<string, Decision['verdict']>>();
  for (const { id, other, verdict } of rows)
    decided.set(id, (decided.get(id) ?? new Map<string, Decision['verdict']>()).set(other, verdict));
  return decided;
}

export const verdicts: Verdicts = {
  async record(tx, { one, other, verdict, by, reason }) {
    const { lower, higher } = pairOf(one, other);
    await tx.query(
      `with settled as (delete from identity_duplicate where lower = $1::uuid and higher = $2::uuid),
       avoided as (
         insert into identity_avoided (lower, higher, found_by)
           select $1::uuid, $2::uuid, 'PERSON' where $3 = 'SAME' on conflict do nothing),
       mistaken as (
         delete from identity_avoided where lower = $1::uuid and higher = $2::uuid and $3 = 'DIFFERENT')
       insert into identity_verdict (lower, higher, verdict, decided_by, reason)
       values ($1::uuid, $2::uuid, $3, $4, $5)
       on conflict (lower, higher) do update set
         (verdict, decided_by, decided_at, reason) =
         (excluded.verdict, excluded.decided_by, excluded.decided_at, excluded.reason)`,
      [lower, higher, verdict, by, reason],
    );
  },
};
