export type { Enrolment } from './assign.ts';
export type { Change, Feed } from './feed.ts';
export type { Progress } from './follow.ts';
export type { Held } from './hold.ts';
export { createIdentity, identityMigrations, type Identity } from './identity.ts';
export type { Members } from './members.ts';
export { identitySubgraph } from './resolvers.ts';
export type { SystemName } from './systems.ts';
