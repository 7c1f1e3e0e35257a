import type { Queryable } from '../runtime/db/index.ts';

/**
 * Closes what is open about entities that are erased, and leaves of every item about them what was decided, by whom and
 * when, within the transaction in which they are erased. Reasons, which people wrote, go.
 */
export async function forget(tx: Queryable, entityIds: readonly string[]): Promise<void> {
  await tx.query(
    `update steward_item i set evidence = '{}', epoch = epoch + 1, continue_at = null,
       decision = case when decision is not null then decision || '{"reason": ""}' end,
       history = (select coalesce(jsonb_agg(e - 'reason' order by n), '[]')
           from jsonb_array_elements(i.history) with ordinality one (e, n))
         || case when state = 'CLOSED' then '[]' else jsonb_build_array(jsonb_build_object(
           'at', clock_timestamp(), 'by', null, 'event', 'CLOSED', 'code', 'ERASED')) end,
       state = 'CLOSED', closed_at = coalesce(closed_at, clock_timestamp())
     where entity_ids && $1::text[]`,
    [entityIds],
  );
}
