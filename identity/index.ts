export type { Enrolment } from './assign.ts';
export type { Absorbed, Change, Feed, Witness } from './feed.ts';
export type { Following, FollowOptions, Progress } from './follow.ts';
export type { Held } from './hold.ts';
export { createIdentity, identityMigrations, type Identity } from './identity.ts';
export type { Members } from './members.ts';
export { identitySubgraph } from './resolvers.ts';
export type { SystemName } from './systems.ts';
