import type { Principal } from '../runtime/principal.ts';
import { permits } from '../schema/access.ts';
import { attributes, type EntityName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';

/** One set for all who may read the same: there are few such sets, and many who ask. */
const kept = new Map<string, ReadonlySet<string>>();

/** The attributes of an entity that a principal may read; a change tells of no others. */
export function visible(entity: EntityName, principal: Principal): ReadonlySet<string> {
  const all: Readonly<Record<string, Attribute>> = attributes[entity];
  const names = Object.values(all).flatMap(({ name, read }) => (permits(read, principal) ? [name] : []));
  const key = `${entity} ${names.join(' ')}`;
  const set = kept.get(key) ?? new Set(names);
  kept.set(key, set);
  return set;
}
