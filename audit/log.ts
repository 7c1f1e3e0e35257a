import type { Queryable } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';
import type { Row } from './chain.ts';
import type { Action } from './entry.ts';

/** Which entries are meant; every given condition must hold, and an empty list is met by none. */
export interface AuditFilter {
  readonly actions?: readonly Action[] | undefined;
  readonly actors?: readonly string[] | undefined;
  readonly entityIds?: readonly string[] | undefined;
  /** ISO 8601: recorded then or later, and recorded before. */
  readonly from?: string | undefined;
  readonly before?: string | undefined;
  /** It was done to a customer that is seen, or to none; null, or left out, for all. */
  readonly rows?: Rows;
}

/** Entries that match, newest first, at most so many; those before a position, or all. */
export async function newest(
  db: Queryable,
  { actions, actors, entityIds, from, before, rows = null }: AuditFilter,
  after: string | null,
  most: number,
): Promise<readonly Row[]> {
  // The store may try conditions in any order, and what is no customer has no id that could be looked up.
  const seen =
    rows === null
      ? ''
      : ` and case when entry ->> 'entity' = 'Customer' and entry ->> 'entityId' is not null
            then identity_visible((entry ->> 'entityId')::uuid, $8::jsonb) else true end`;
  return db.query<Row>(
    `select position, at, entry, hash from audit_log
     where ($1::bigint is null or position < $1)
       and ($2::text[] is null or entry ->> 'action' = any($2))
       and ($3::text[] is null or entry ->> 'actor' = any($3))
       and ($4::text[] is null or entry ->> 'entityId' = any($4))
       and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)${seen}
     order by position desc limit $7`,
    [after, actions, actors, entityIds, from, before, most, ...(rows === null ? [] : [rows])],
  );
}

/** Entries after a position and up to another, in order, at most so many. */
export async function following(
  db: Queryable,
  after: bigint,
  until: bigint,
  most: number,
): Promise<readonly Row[]> {
  return db.query<Row>(
    `select position, at, entry, hash from audit_log
     where position > $1 and position <= $2 order by position limit $3`,
    [after, until, most],
  );
}
