import type { Principal } from '../runtime/principal.ts';
import { permits } from '../schema/access.ts';
import { attributes, type EntityName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';

/** One set for all who may read the same: there are few such sets, and many who ask. */
const kept = new Map<string, ReadonlySet<string>>();

/** By principal, who is one and the same for as long as a subscriber is there, and is told a lot. */
const found = new WeakMap<Principal, Map<EntityName, ReadonlySet<string>>>();

/** The attributes of an entity that a principal may read; a change tells of no others. */
export function visible(entity: EntityName, principal: Principal): ReadonlySet<string> {
  const own = found.get(principal) ?? new Map<EntityName, ReadonlySet<string>>();
  found.set(principal, own);
  const known = own.get(entity) ?? visibleTo(entity, principal);
  own.set(entity, known);
  return known;
}

function visibleTo(entity: EntityName, principal: Principal): ReadonlySet<string> {
  const all: Readonly<Record<string, Attribute>> = attributes[entity];
  const names = Object.values(all).flatMap(({ name, read }) => (permits(read, principal) ? [name] : []));
  const key = `${entity} ${names.join(' ')}`;
  const set = kept.get(key) ?? new Set(names);
  kept.set(key, set);
  return set;
}
