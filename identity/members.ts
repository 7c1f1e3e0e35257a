import type { Queryable } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';
import { seenBy } from './crosswalk.ts';
import type { SystemName } from './systems.ts';

export interface MembersAsked {
  /** An id; only those behind it. */
  readonly after: string | null;
  /** So many at most. */
  readonly limit: number;
  /** Only these of them: UUIDs. */
  readonly ids?: readonly string[];
  /** Only those that one of these systems knows. */
  readonly knownTo?: readonly SystemName[];
  /** Those who are seen; null, or left out, for all. */
  readonly rows?: Rows;
}

/** Ids of all customers there are, in the order of the ids; merged ones are not among them. */
export type Members = (asked: MembersAsked) => Promise<readonly string[]>;

/** Walks through the register of a store. */
export function membersIn(db: Queryable): Members {
  return async ({ after, limit, ids, knownTo, rows = null }) => {
    const found = await db.query<{ id: string }>(
      `select c.id from identity_customer c
       where c.merged_into is null and ($1::uuid is null or c.id > $1) and ($2::uuid[] is null or c.id = any($2))
         and ($3::text[] is null or exists (
           select from identity_crosswalk x
           where x.customer_id = c.id and x.valid_to is null and x.system = any($3)))${rows === null ? '' : seenBy('c', '$5')}
       order by c.id limit $4`,
      [after, ids, knownTo, limit, ...(rows === null ? [] : [rows])],
    );
    return found.map(({ id }) => id);
  };
}
