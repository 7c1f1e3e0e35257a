export { entryOf, traceIdOf, type AuditEntry } from './entry.ts';
export { openAudit, type Audit } from './open.ts';
export { gatherReads, type Reads } from './reads.ts';
export { record, storable } from './record.ts';

/** Where the migrations of the audit are. */
export const auditMigrations = new URL('migrations/', import.meta.url);
