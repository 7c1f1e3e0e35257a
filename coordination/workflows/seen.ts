import type { Queryable } from '../../runtime/db/index.ts';
import type { EntityName, SystemName } from '../../schema/generated/contracts.ts';
import { begun, draftOf } from './start.ts';
import { subject } from './place.ts';
import type { Store } from './store.ts';
import type { Seen } from './workflows.ts';

export interface SeenOptions {
  readonly entity: EntityName;
  readonly store: Pick<Store, 'start' | 'wake'>;
  /** Whether an account that is new in the CRM is onboarded without being asked for. */
  readonly auto: boolean;
}

/**
 * Takes note of accounts that the CRM told of, within the transaction in which the register took them in: a new one is
 * onboarded once, where that is the policy, and what waits for a value that was missing looks again.
 */
export function seenIn({ entity, store, auto }: SeenOptions) {
  return async (tx: Queryable, system: SystemName, records: readonly Seen[]): Promise<void> => {
    if (system !== 'CRM') return;
    const present = records.filter(({ deleted }) => deleted !== true);
    const all = [...new Set(present.flatMap(({ customerId }) => customerId ?? []))];
    if (all.length === 0) return;
    const rows = await tx.query<{ id: string; customer: string; parked: boolean }>(
      `select id, entity_id as customer, state = 'PARKED' as parked from coordination_workflow
       where kind = 'ONBOARDING' and entity_id = any($1)`,
      [all],
    );
    const parked = rows.filter((row) => row.parked).map(({ id }) => id);
    if (parked.length > 0) await store.wake(parked, tx);
    if (!auto) return;
    const known = new Set(rows.map(({ customer }) => customer));
    for (const { customerId, known: before } of present) {
      if (before || customerId === null || known.has(customerId)) continue;
      known.add(customerId);
      const draft = draftOf({
        ...{ entity, entityId: customerId, values: {}, subject, key: customerId, hash: customerId },
        ...{ requestedBy: subject, reason: null, correlationId: customerId, traceparent: null },
      });
      await store.start(draft, [begun(draft)], tx);
    }
  };
}
