import type { SystemName } from '../identity/index.ts';
import type { Queryable } from '../runtime/db/index.ts';

/** What somebody has of an attribute that a system owns. */
export interface Print {
  readonly entityId: string;
  /** The owner. */
  readonly system: SystemName;
  readonly attribute: string;
  readonly print: string;
}

/**
 * Entities of which these fingerprints are others than those that were last seen of their owners' records; of what was
 * never seen nothing is said.
 */
export async function differingFrom(tx: Queryable, prints: readonly Print[]): Promise<ReadonlySet<string>> {
  if (prints.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    `select distinct asked."entityId" as id
     from jsonb_to_recordset($1::jsonb) as asked ("entityId" uuid, system text, attribute text, print text)
       join events_seen s on s.entity_id = asked."entityId" and s.system = asked.system
     where s.fingerprints ->> asked.attribute <> asked.print`,
    [JSON.stringify(prints)],
  );
  return new Set(rows.map(({ id }) => id));
}
