import { sqlProblem, type Queryable } from '../runtime/db/index.ts';
import type { Refusal } from './refusal.ts';

/** How far the queues of some customers are from being empty, from when nothing new enters them. */
export interface Hold {
  /** The workflow that has one of them in its hands, so that nothing is held; null where there is none. */
  readonly busy: string | null;
  /** Writes that are still to be carried out. */
  readonly left: number;
  /** Writes that wait for a person. */
  readonly asked: readonly string[];
}

/**
 * Lets nothing new be written to these customers but by the workflow that holds them; again, it tells how far it is. All
 * in one statement.
 */
export async function hold(db: Queryable, ids: readonly string[], workflow: string): Promise<Hold> {
  const [row] = await db.query<{ held: Hold }>('select coordination_hold($1, $2) as held', [ids, workflow]);
  if (!row) throw new Error('a statement that gives one row gave none');
  return row.held;
}

/** The same, without holding anything: what would stand in the way. */
export async function standingAt(
  db: Queryable,
  ids: readonly string[],
): Promise<Pick<Hold, 'busy' | 'asked'>> {
  const [row] = await db.query<{ standing: Pick<Hold, 'busy' | 'asked'> }>(
    'select coordination_standing($1, null) as standing',
    [ids],
  );
  return row?.standing ?? { busy: null, asked: [] };
}

/** Those of these customers that nothing new is written to now. */
export async function heldOf(db: Queryable, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await db.query<{ id: string }>(
    'select entity_id as id from coordination_barrier where entity_id = any($1::text[])',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Lets go of what a workflow holds, but for a customer that lives on as another one. */
export async function letGo(tx: Queryable, workflow: string, but: readonly string[] = []): Promise<void> {
  await tx.query('delete from coordination_barrier where workflow_id = $1 and entity_id <> all($2::text[])', [
    ...[workflow, but],
  ]);
}

/** What the statement gives; `BARRED` where the customer of the write is held. */
export async function unlessBarred<Rows>(statement: Promise<Rows>): Promise<Rows | 'BARRED'> {
  try {
    return await statement;
  } catch (error) {
    if (sqlProblem(error)?.state === 'P0M01') return 'BARRED';
    throw error;
  }
}

export const merging: Refusal = {
  code: 'MERGING',
  message:
    'The customer is becoming one with another, is taken out of one, or is being erased; ask for it anew in a moment. What was asked for by the id of a customer that was merged is asked for anew as well.',
};
