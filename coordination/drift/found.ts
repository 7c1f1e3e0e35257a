import type { Queryable } from '../../runtime/db/index.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';

/** How often a system's copies of an attribute were found to differ, ever; each difference counts once. */
export interface DriftFound {
  readonly system: SystemName;
  readonly attribute: string;
  readonly found: number;
}

/** Kept as a count: as cheap with a million customers as with none. */
export async function driftFound(db: Queryable): Promise<readonly DriftFound[]> {
  const rows = await db.query<Omit<DriftFound, 'found'> & { readonly found: string }>(
    'select system, attribute, found from coordination_drift_found order by system, attribute',
  );
  return rows.map(({ found, ...of }) => ({ ...of, found: Number(found) }));
}
