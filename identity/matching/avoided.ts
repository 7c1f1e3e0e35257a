import type { Queryable } from '../../runtime/db/index.ts';
import { pairOf } from './verdicts.ts';

/** Who found that two customers are one: the matcher by itself, before anything was made, or a person. */
export type Finder = 'MATCHER' | 'PERSON';

/** Duplicates that were not made, or are no longer two. */
export interface Avoided {
  /**
   * Notes one, in the transaction of the caller; a pair counts once, for whoever found it first.
   * @throws Failure BAD_USER_INPUT as `pairOf`
   */
  note(tx: Queryable, one: string, other: string, by: Finder): Promise<void>;
  /** How many there were, by who found them. */
  counts(): Promise<Readonly<Record<Finder, number>>>;
}

export function avoidedIn(db: Queryable): Avoided {
  return {
    async note(tx, one, other, by) {
      const { lower, higher } = pairOf(one, other);
      await tx.query(
        `insert into identity_avoided (lower, higher, found_by) values ($1::uuid, $2::uuid, $3)
         on conflict do nothing`,
        [lower, higher, by],
      );
    },
    async counts() {
      const rows = await db.query<{ by: Finder; count: number }>(
        'select found_by as by, count(*)::int as count from identity_avoided group by 1',
      );
      return { MATCHER: 0, PERSON: 0, ...Object.fromEntries(rows.map(({ by, count }) => [by, count])) };
    },
  };
}
