import type { Queryable } from '../runtime/db/index.ts';
import type { Rows } from '../runtime/rows.ts';

/** Those of some customers who are seen, in their order. One statement; none where all are. */
export async function among<C extends { readonly id: string }>(
  db: Queryable,
  rows: Rows,
  customers: readonly C[],
): Promise<readonly C[]> {
  if (rows === null || customers.length === 0) return customers;
  const found = await db.query<{ id: string }>(
    'select one.id from unnest($1::uuid[]) one (id) where identity_visible(one.id, $2::jsonb)',
    [[...new Set(customers.map(({ id }) => id))], rows],
  );
  const seen = new Set(found.map(({ id }) => id));
  return customers.filter(({ id }) => seen.has(id));
}
