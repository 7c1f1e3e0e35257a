import { randomUUID } from 'node:crypto';
import type { Db, Queryable } from '../../../runtime/db/index.ts';
import type { SystemName } from '../../../schema/generated/contracts.ts';
import { heldOf } from '../../barrier.ts';
import { subject } from '../place.ts';
import { storeIn } from '../store.ts';
import { begun } from '../begin.ts';
import { draftOf } from './start.ts';

/** A record that a system told of. */
export interface Seen {
  /** The customer; null for a record that is gone and that nobody ever knew. */
  readonly customerId: string | null;
  /** Whether the register had the record before. */
  readonly known: boolean;
  readonly deleted?: boolean | undefined;
}

/**
 * Takes note of records that a system told of, within the transaction in which the register took them in: an account that
 * is new in the CRM is onboarded once, where that is the policy, and what waits for a value that was missing looks again.
 */
export type TakeNote = (tx: Queryable, system: SystemName, records: readonly Seen[]) => Promise<void>;

/** @param auto whether an account that is new in the CRM is onboarded without being asked for */
export function noteOfAccounts(db: Db, auto: boolean): TakeNote {
  // It holds none: it only starts and wakes them.
  const store = storeIn({ db, worker: randomUUID(), lease: 0 });
  return async (tx, system, records) => {
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
    const begunFor = new Set([...rows.map(({ customer }) => customer), ...(await heldOf(tx, all))]);
    for (const { customerId, known } of present) {
      if (known || customerId === null || begunFor.has(customerId)) continue;
      begunFor.add(customerId);
      const draft = draftOf({
        ...{ entity: 'Customer', entityId: customerId, values: {}, subject, key: customerId, hash: '' },
        ...{ requestedBy: subject, reason: null, correlationId: randomUUID(), traceparent: null },
      });
      await store.start(draft, [begun(draft)], tx);
    }
  };
}
