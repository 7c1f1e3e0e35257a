import type { Queryable } from '../runtime/db/index.ts';
import type { ChangeFilter } from './log.ts';
import type { Tagged } from './sequence.ts';

/** Of entities those that have the tags of a filter by now, as their next change will be told with them. */
export type HavingTags = (ids: readonly string[], filter: ChangeFilter) => Promise<ReadonlySet<string>>;

/** Asks what was last seen of their records. */
export function havingTagsIn(db: Queryable, tagged: readonly Tagged[]): HavingTags {
  return async (ids, { tags = {} }) => {
    let left = new Set(ids);
    for (const [name, fingerprints] of Object.entries(tags)) {
      const systems = tagged.filter(({ attribute }) => attribute === name).map(({ system }) => system);
      const rows = await db.query<{ entity_id: string }>(
        `select distinct entity_id from events_seen
         where entity_id = any($1::uuid[]) and system = any($2) and fingerprints ->> $3 = any($4)`,
        [[...left], systems, name, fingerprints],
      );
      left = new Set(rows.map(({ entity_id: id }) => id));
    }
    return left;
  };
}
