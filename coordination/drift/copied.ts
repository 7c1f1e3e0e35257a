import { attributes, type EntityName, type SystemName } from '../../schema/generated/contracts.ts';
import type { Attribute } from '../../schema/governance.ts';

/** An attribute of which a system keeps a copy. */
export interface Copied {
  readonly attribute: string;
  readonly owner: SystemName;
  /** The system that keeps the copy. */
  readonly keeper: SystemName;
}

/** All copies that are kept of an entity's attributes, by the contract. */
export function copiedOf(entity: EntityName): readonly Copied[] {
  return Object.entries(attributes[entity] as Readonly<Record<string, Attribute>>).flatMap(
    ([attribute, { owner, write }]) =>
      (write?.copiedTo ?? []).map((keeper) => ({
        attribute,
        owner: owner as SystemName,
        keeper: keeper as SystemName,
      })),
  );
}
