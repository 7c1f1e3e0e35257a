export { commandEntry, entryOf, traceIdOf, type AuditEntry } from './entry.ts';
export { openAudit, openReads } from './open.ts';
export type { Reads } from './reads.ts';
export { record, storable } from './record.ts';

/** Where the migrations of the audit are. */
export const auditMigrations = new URL('migrations/', import.meta.url);
