export type { Continuations, Continue } from './continue.ts';
export type { Outcome } from './decide.ts';
export type { StoredItem } from './item.ts';
export { find as findItem, openByAge, type OpenByAge } from './items.ts';
export { writeKinds, type Decision, type Kind } from './kinds.ts';
export { forget } from './forget.ts';
export { openSteward } from './open.ts';
export { close, raise, type Evidence, type Item } from './raise.ts';

/** Where the migrations of the queue are. */
export const stewardMigrations = new URL('migrations/', import.meta.url);
