import DataLoader from 'dataloader';
import type { RequestContext } from '../runtime/context.ts';
import type { Rows, RowsOf } from '../runtime/rows.ts';
import { customerId, type Crosswalk, type Registration } from './crosswalk.ts';
import { recordName, type LocalRecord, type SystemName } from './systems.ts';

/**
 * The crosswalk as one request sees it: every floor of the process shares its batches and what it has read already. A
 * customer that its caller does not see is an unknown one.
 */
export interface Loaders {
  /** Null for an unknown or malformed id; a merged id gives its survivor. */
  registration(id: string): Promise<Registration | null>;
  /** The customer that a record belongs to; null for an unknown one. IDENTITY's own key is the customer's id. */
  holder(record: LocalRecord): Promise<Registration | null>;
  /** The keys to read one system by, in the order of the ids; null for a customer that it does not know. */
  keys(system: SystemName, ids: readonly string[]): Promise<readonly (string | null)[]>;
  /** The customer's id, or null. */
  id(system: SystemName, key: string): Promise<string | null>;
  /** Takes registrations that were read on the way, so that nobody reads them again. */
  prime(registrations: Iterable<Registration>): void;
  /** What was read of a customer holds no longer: its links have changed. */
  forget(id: string): void;
}

function createLoaders(crosswalk: Crosswalk, rows: Rows): Loaders {
  const byId = new DataLoader<string, Registration | null>(async (ids) => {
    const found = await crosswalk.registrations(ids, rows);
    prime(found.values());
    return ids.map((id) => found.get(id) ?? null);
  });
  const byRecord = new DataLoader<LocalRecord, Registration | null, string>(
    async (records) => {
      const found = await crosswalk.holders(records, rows);
      prime(found.values());
      return records.map((record) => found.get(recordName(record)) ?? null);
    },
    { cacheKeyFn: recordName },
  );
  // A loader gives what it has cached only with its next batch; what is known already must not wait for a turn, or the
  // systems would be read in two batches.
  const known = new Map<string, Registration>();
  const prime: Loaders['prime'] = (registrations) => {
    for (const registration of registrations) {
      known.set(registration.id, registration);
      for (const record of registration.records) known.set(recordName(record), registration);
    }
  };
  const registration: Loaders['registration'] = async (text) => {
    const id = customerId(text);
    return id === null ? null : (known.get(id) ?? byId.load(id));
  };
  const holder: Loaders['holder'] = async (record) =>
    record.system === 'IDENTITY'
      ? registration(record.key)
      : (known.get(recordName(record)) ?? byRecord.load(record));
  return {
    registration,
    holder,
    async keys(system, ids) {
      // No promise for what is known: a list of customers asks for all of its own, once per system.
      const unknown = ids.filter((id) => !known.has(id));
      const read = await Promise.all(unknown.map(registration));
      const found = new Map(unknown.map((id, i) => [id, read[i]]));
      const of = (id: string) => known.get(id) ?? found.get(id);
      return ids.map((id) => of(id)?.records.find((record) => record.system === system)?.key ?? null);
    },
    async id(system, key) {
      return (await holder({ system, key }))?.id ?? null;
    },
    prime,
    forget(text) {
      const id = customerId(text);
      if (id === null) return;
      const former = known.get(id);
      byId.clear(id);
      byRecord.clearAll();
      for (const name of [id, former?.id ?? id, ...(former?.records ?? []).map(recordName)])
        known.delete(name);
    },
  };
}

/** The loaders of a request, made when somebody first asks for them. */
export function loadersIn(crosswalk: Crosswalk, rowsOf: RowsOf): (context: RequestContext) => Loaders {
  // What coordination does for a request, it does with the memory of that request, and sees more than its caller.
  const limited = {};
  return (context) => {
    const rows = rowsOf(context);
    return context.memo(rows === null ? crosswalk : limited, () => createLoaders(crosswalk, rows));
  };
}
