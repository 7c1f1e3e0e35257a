import type { Queryable } from '../../../runtime/db/index.ts';
import { systems } from '../../../schema/generated/contracts.ts';

/** What is under way for some customers. */
export interface Open {
  /** Writes that are not over, or wait for a person. */
  readonly writes: number;
  /** Those of them that somebody carries out, or is about to. */
  readonly running: number;
  /** Kinds of the workflows that are not over, but for one. */
  readonly workflows: readonly string[];
}

export async function openIn(tx: Queryable, ids: readonly string[], but: string | null): Promise<Open> {
  const [row] = await tx.query<Open>(
    `select count(*)::int as writes,
       count(*) filter (where state in ('PENDING', 'RUNNING', 'COMPENSATING'))::int as running,
       array(select kind from coordination_workflow
         where entity_id = any($1::uuid[]) and state in ('RUNNING', 'PARKED') and id is distinct from $2) as workflows
     from coordination_write
     where queue = any($3) and state in ('AWAITING_APPROVAL', 'PENDING', 'RUNNING', 'COMPENSATING', 'REVIEW')`,
    [ids, but, queuesOf(ids)],
  );
  return row ?? { writes: 0, running: 0, workflows: [] };
}

/** The queues of customers, and those of the copies of what is written to them. */
export function queuesOf(ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => [id, ...Object.keys(systems).map((system) => `${id}/${system}`)]);
}
