import type { Queryable } from '../../runtime/db/index.ts';

/**
 * A part of a statement, to be joined as `writing`: until its transaction ends, `settled` of the same system waits.
 * Stamps and sequence numbers are taken after it.
 */
export function writing(table: string): string {
  return `writing as materialized (select pg_advisory_xact_lock_shared(${lockOf(table)}) is null as began)`;
}

/**
 * How far the writes of a system are settled: what has a smaller stamp, or a sequence number up to `seq`, is committed
 * or will never be. A feed that goes further loses the writes that took their stamp before others and commit after them.
 */
export async function settled(
  db: Queryable,
  table: string,
): Promise<{ readonly at: string; readonly seq: string }> {
  const [horizon] = await db.query<{ at: string; seq: string }>(
    `with waited as materialized (select pg_advisory_xact_lock(${lockOf(table)}) is null as done)
     select clock_timestamp() as at,
       -- A sequence of which no number was taken says 1 as one does of which the first was.
       (select last_value - (not is_called)::int from sandbox_history_seq_seq) as seq
     from waited`,
  );
  if (!horizon) throw new Error('a statement that gives one row gave none');
  return horizon;
}

/** One lock for all tables of a system: they share a feed. */
function lockOf(table: string): string {
  return `hashtextextended('sandbox ${table.split('_')[0]}', 0)`;
}
