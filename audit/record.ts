import type { Queryable } from '../runtime/db/index.ts';
import type { AuditEntry } from './entry.ts';

/**
 * Records what is done within a transaction, so that neither is there without the other. Their places in the chain are
 * given soon after it has committed.
 */
export async function record(tx: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query('insert into audit_pending (entry) select jsonb_array_elements($1::jsonb)', [
    storable(entries),
  ]);
}

/** Entries as a JSON array that the store takes whatever is in their texts: a caller may have chosen some of them. */
export function storable(entries: readonly AuditEntry[]): string {
  return JSON.stringify(entries, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value,
  );
}
