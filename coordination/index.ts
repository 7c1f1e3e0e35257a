export { busyWith } from './busy.ts';
export type { OpenedCoordination } from './coordination.ts';
export { openCoordination } from './open.ts';
export { participantOf } from './participants.ts';
export { coordinationSubgraph } from './resolvers.ts';

/** Where the migrations of coordination are. */
export const coordinationMigrations = new URL('migrations/', import.meta.url);
