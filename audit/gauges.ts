import type { Db, Queryable } from '../runtime/db/index.ts';
import type { Metrics } from '../runtime/telemetry.ts';
import type { Sealer } from './sealer.ts';

/** What was recorded and has no place in the chain yet. */
export interface Waiting {
  readonly waiting: number;
  /** Age of the oldest of them, in seconds; null where none waits. */
  readonly oldest: number | null;
}

export async function waitingIn(db: Queryable): Promise<Waiting> {
  const [row] = await db.query<Waiting>(
    `select count(*)::int as waiting, extract(epoch from clock_timestamp() - min(at))::float8 as oldest
     from audit_pending`,
  );
  if (!row) throw new Error('a statement that gives one row gave none');
  return row;
}

/** Shows how the audit of the store stands. */
export function showAudit(metrics: Metrics, db: Db, sealer: Pick<Sealer, 'isBroken'>): void {
  metrics.gauge('audit_waiting', 'Entries that have no place in the chain yet.', [], async () => [
    [{}, (await waitingIn(db)).waiting],
  ]);
  metrics.gauge('audit_unsigned_entries', 'Entries that no checkpoint is signed for yet.', [], async () => {
    const [row] = await db.query<{ unsigned: number }>(
      `select (position - coalesce((select max(position) from audit_checkpoint), 0))::float8 as unsigned from audit_head`,
    );
    return row ? [[{}, row.unsigned]] : [];
  });
  metrics.gauge('audit_broken', 'Whether the chain was found not to be the one that was signed.', [], () => [
    [{}, sealer.isBroken() ? 1 : 0],
  ]);
}
