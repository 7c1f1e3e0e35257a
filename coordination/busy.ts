import type { Queryable } from '../runtime/db/index.ts';
import type { SystemName } from '../schema/generated/contracts.ts';

/**
 * Those of these entities whose record in the system a write may be changing at this moment: it is in the hands of a
 * worker, or nobody knows yet what has become of its call. What is read of such a record may be our own change, of which
 * nothing was told yet.
 */
export async function busyWith(
  db: Queryable,
  system: SystemName,
  entityIds: readonly string[],
): Promise<ReadonlySet<string>> {
  // Copies queue for themselves, by system.
  const rows = await db.query<{ id: string }>(
    `select distinct asked.id from unnest($2::text[]) asked (id)
       cross join lateral (values (asked.id), (asked.id || '/' || $1)) own (queue)
       join coordination_write w on w.queue = own.queue and w.state in ('PENDING', 'RUNNING', 'COMPENSATING')
     where w.systems @> array[$1] and (w.worker is not null or exists (
       select from coordination_step s where s.write_id = w.id and s.system = $1
         and (s.state in ('UNKNOWN', 'UNDOING') or s.body @> '{"sent": true}')))`,
    [system, entityIds],
  );
  return new Set(rows.map(({ id }) => id));
}
