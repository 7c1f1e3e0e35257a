import type { Queryable } from '../runtime/db/index.ts';

/** What was captured and is in the outbox still. */
export interface Waiting {
  readonly waiting: number;
  /** Age of the oldest of them, in seconds; null where none waits. */
  readonly oldest: number | null;
  /** Set aside, because it can never be told. */
  readonly refused: number;
  /** Why, of the first of them. */
  readonly reason: string | null;
}

export async function waitingIn(db: Queryable): Promise<Waiting> {
  const [row] = await db.query<Waiting>(
    `select count(*) filter (where refused is null)::int as waiting, count(refused)::int as refused,
       extract(epoch from clock_timestamp() - min(captured_at) filter (where refused is null))::float8 as oldest,
       (array_agg(refused order by id) filter (where refused is not null))[1] as reason
     from events_outbox`,
  );
  if (!row) throw new Error('a statement that gives one row gave none');
  return row;
}
