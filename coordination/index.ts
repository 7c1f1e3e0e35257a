export type { Coordination, CoordinationOptions, OpenedCoordination } from './coordination.ts';
export { openCoordination, usualPace, type Pace } from './open.ts';
