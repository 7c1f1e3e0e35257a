import type { Queryable } from '../../runtime/db/index.ts';
import { differingFrom } from '../../events/index.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import { copiedOf } from './copied.ts';
import type { Copy } from './compare.ts';
import { suspect, suspectTold } from './suspects.ts';

type Place = Pick<Copy, 'entityId' | 'system'>;

/** A record that a system told of. */
export interface Told {
  /** The entity; null for a record that nobody knows. */
  readonly customerId: string | null;
  readonly version?: string | undefined;
  /** Fingerprints of the copies in it. */
  readonly copies?: Readonly<Record<string, string>> | undefined;
}

/**
 * Takes note of records that a system told of, within the transaction in which the register took them in: one that has
 * another copy of an attribute than was last seen of its owner is compared with it at once, as is what is known to differ.
 */
export function noteOfCopies(
  entity: EntityName,
): (tx: Queryable, system: SystemName, records: readonly Told[]) => Promise<void> {
  const copied = Map.groupBy(copiedOf(entity), ({ keeper }) => keeper);
  return async (tx, system, records) => {
    const own = copied.get(system) ?? [];
    const asked = records.flatMap(({ customerId, copies = {} }) =>
      own.flatMap(({ attribute, owner }) => {
        const print = copies[attribute];
        return customerId === null || print === undefined
          ? []
          : [{ entityId: customerId, system: owner, attribute, print }];
      }),
    );
    const known = records.flatMap(({ customerId }) => customerId ?? []);
    // Whichever of the two it was: what differed may be put right, or be another difference by now.
    await suspect(tx, entity, await differingOf(tx, known), 0);
    const differing = await differingFrom(tx, asked);
    await suspectTold(
      tx,
      entity,
      system,
      records.flatMap(({ customerId, version }) =>
        customerId !== null && version !== undefined && differing.has(customerId)
          ? [{ entityId: customerId, version }]
          : [],
      ),
    );
  };
}

/** Copies of these entities that are known to differ. */
async function differingOf(tx: Queryable, entityIds: readonly string[]): Promise<readonly Place[]> {
  if (entityIds.length === 0) return [];
  return tx.query<Place>(
    `select distinct entity_id as "entityId", system from coordination_drift where entity_id = any($1::text[])`,
    [entityIds],
  );
}
