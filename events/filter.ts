import type { Change } from './change.ts';
import type { ChangeFilter } from './log.ts';

/**
 * Decides which changes somebody hears of, as the log decides it in SQL. Pure. A change of nothing that he may read is not
 * told, except that a record came or went; and by what he may not read nothing is chosen either, or the choice would tell
 * him.
 * @param visible the attributes that he may read
 */
export function matcherOf(
  { entity, ...filter }: ChangeFilter,
  visible: ReadonlySet<string>,
): (change: Change) => boolean {
  const [ids, systems, kinds, attributes] = [
    filter.entityIds,
    filter.systems,
    filter.kinds,
    filter.attributes?.filter((name) => visible.has(name)),
  ].map((list) => list && new Set<string>(list));
  const tags = Object.entries(filter.tags ?? {}).map(([name, known]) => [name, new Set(known)] as const);
  return (change) =>
    (entity === undefined || change.entity === entity) &&
    (!ids || ids.has(change.entityId)) &&
    (!systems || systems.has(change.system)) &&
    (!kinds || kinds.has(change.kind)) &&
    (attributes
      ? change.attributes.some((name) => attributes.has(name))
      : change.kind !== 'UPDATED' || change.attributes.some((name) => visible.has(name))) &&
    tags.every(([name, known]) => visible.has(name) && known.has(change.tags[name] ?? ''));
}
