export { busyWith } from './busy.ts';
export { inspectorOf } from './drift/inspector.ts';
export { noteOfCopies } from './drift/seen.ts';
export { openGoverned, type Governed } from './governed.ts';
export { openCoordination, type OpenedCoordination } from './open.ts';
export { participantOf } from './participants.ts';
export { coordinationSubgraph } from './resolvers.ts';
export { sameDecided } from './workflows/merging/decided.ts';
export { noteOfAccounts } from './workflows/onboarding/seen.ts';

/** Where the migrations of coordination are. */
export const coordinationMigrations = new URL('migrations/', import.meta.url);
