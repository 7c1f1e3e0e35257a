export { baselineInto, captureInto } from './capture.ts';
export type { Change, Draft, Fingerprints } from './change.ts';
export { cursorAt, positionOf } from './cursor.ts';
export { differingFrom } from './differing.ts';
export { fingerprinterOf, fingerprintSecret, type Fingerprinter } from './fingerprint.ts';
export { intakeOf, type Intake } from './intake.ts';
export {
  hint,
  startReaders,
  startSweeps,
  unknownDecided,
  webhookDoor,
  type Hinted,
  type Sender,
} from './inbox/index.ts';
export { changesOf } from './graph.ts';
export { logIn, type Log } from './log.ts';
export { openEvents, type Events, type EventsOptions } from './open.ts';
export { lookAtRedis } from './redis.ts';
export { eventsSubgraph } from './resolvers.ts';

/** Where the migrations of the feed are. */
export const eventsMigrations = new URL('migrations/', import.meta.url);
