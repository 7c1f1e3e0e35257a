export { busyWith } from './busy.ts';
export { openCoordination, type OpenedCoordination } from './open.ts';
export { participantOf } from './participants.ts';
export { coordinationSubgraph } from './resolvers.ts';
export { onboardingDecided } from './workflows/continue.ts';
export { openWorkflows, type OpenedWorkflows } from './workflows/open.ts';
export { referenceOf } from './workflows/reference/index.ts';
export { noteOfAccounts } from './workflows/seen.ts';

/** Where the migrations of coordination are. */
export const coordinationMigrations = new URL('migrations/', import.meta.url);
