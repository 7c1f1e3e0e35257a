export { entryOf, traceIdOf, type AuditEntry, type Hashes, type Receipt } from './entry.ts';
export { record, storable } from './record.ts';

/** Where the migrations of the audit are. */
export const auditMigrations = new URL('migrations/', import.meta.url);
