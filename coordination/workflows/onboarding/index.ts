import type { Kind } from '../workflow.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { Memory } from './memory.ts';
import { pivot } from './records.ts';
import { asks, told } from './told.ts';

export { approvalOf } from './approvals.ts';
export { begunWith, type Ending, type Memory, type Question } from './memory.ts';
export { standingOf } from './standing.ts';
export { meantBySame, questionOf } from './told.ts';

/** A new customer, through all systems. */
export const onboarding: Kind<Memory> = {
  kind: 'ONBOARDING',
  pivot,
  isEnding: ({ memory }) => memory.ending !== null,
  waits: ({ memory }) => memory.waits,
  decide,
  evolve,
  told,
  asks,
};
