export type { Decision, Kind } from './kinds.ts';
export { close, raise, type Evidence, type Item, type Raised, type Side } from './raise.ts';

/** Where the migrations of the queue are. */
export const stewardMigrations = new URL('migrations/', import.meta.url);
