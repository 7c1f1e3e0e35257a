import type { Queryable } from '../../runtime/db/index.ts';

/** Queues whose count is not that of their open writes, or whose head is not the first of these and the only one. */
export function lameQueues(db: Queryable): Promise<{ queue: string }[]> {
  return db.query(
    `with place as (
       select queue, count(*) as open, count(*) filter (where head) as heads, min(number) as first,
         min(number) filter (where head) as head, count(*) filter (where number is null) as placeless
       from coordination_write where state in ('PENDING', 'RUNNING', 'COMPENSATING') group by queue)
     select coalesce(q.queue, place.queue) as queue, q.waiting, place.* from coordination_queue q
       full join place on place.queue = q.queue
     where coalesce(q.waiting, -1) <> coalesce(open, 0)
       or open > 0 and (heads <> 1 or head is distinct from first or placeless > 0)
     union all
     select queue, null, queue, null, null, number, null, null from coordination_write
       where (head or worker is not null) and state not in ('PENDING', 'RUNNING', 'COMPENSATING')`,
  );
}
