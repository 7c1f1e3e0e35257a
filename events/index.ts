export { baselineInto, captureInto, type Baseline } from './capture.ts';
export type { Cause, Change, ChangeKind, Draft, Fingerprints, Head } from './change.ts';
export { cursorAt, positionOf } from './cursor.ts';
export { fingerprinterOf, fingerprintSecret, type Fingerprinter } from './fingerprint.ts';
export { logIn, type ChangeFilter, type ChangePage, type Log } from './log.ts';
export { openEvents, type Events, type EventsOptions } from './open.ts';
export { eventsSubgraph } from './resolvers.ts';
export type { Tagged } from './sequence.ts';

/** Where the migrations of the feed are. */
export const eventsMigrations = new URL('migrations/', import.meta.url);
