import type { SystemName } from '../../schema/generated/contracts.ts';
import type { Copied } from './copied.ts';
import type { Inspected } from './inspector.ts';

/** One system's copy of one attribute of one entity. */
export interface Copy {
  readonly entityId: string;
  /** The system that keeps it. */
  readonly system: SystemName;
  readonly attribute: string;
}

/** A copy that has another value than its owner. */
export interface Difference extends Copy {
  readonly owner: SystemName;
  /** The record that has the copy, by its system's own key, and its version. */
  readonly key: string;
  readonly version: string;
  /** Fingerprints of both values. */
  readonly ownerPrint: string;
  readonly copyPrint: string;
}

/** What comparing copies with their owners came to. */
export interface Compared {
  readonly equal: readonly Copy[];
  readonly different: readonly Difference[];
  /** Where there is no copy: one of the two systems has no record. */
  readonly absent: readonly Copy[];
  /** Copies that could not be compared, as they or their owner could not be read. */
  readonly unreachable: readonly Copy[];
}

/** What each system has, by entity; null where it could not be read. */
export type Inspections = ReadonlyMap<SystemName, ReadonlyMap<string, Inspected> | null>;

/** Compares all copies of these entities that there are. Pure. */
export function compared(
  copied: readonly Copied[],
  entityIds: readonly string[],
  inspections: Inspections,
): Compared {
  const equal: Copy[] = [];
  const different: Difference[] = [];
  const absent: Copy[] = [];
  const unreachable: Copy[] = [];
  for (const { attribute, owner, keeper } of copied) {
    const [owners, keepers] = [inspections.get(owner), inspections.get(keeper)];
    for (const entityId of entityIds) {
      const copy = { entityId, system: keeper, attribute };
      if (!owners || !keepers) {
        unreachable.push(copy);
        continue;
      }
      const [owning, keeping] = [owners.get(entityId), keepers.get(entityId)];
      const [ownerPrint, copyPrint] = [owning?.owned[attribute], keeping?.copied[attribute]];
      if (!keeping || ownerPrint === undefined || copyPrint === undefined) absent.push(copy);
      else if (ownerPrint === copyPrint) equal.push(copy);
      else
        different.push({ ...copy, owner, key: keeping.key, version: keeping.version, ownerPrint, copyPrint });
    }
  }
  return { equal, different, absent, unreachable };
}
