import type { Ending, Kind } from '../workflow.ts';
import type { OnboardingCommand, OnboardingEvent } from './commands.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { Memory } from './memory.ts';
import { pivot } from './records.ts';
import { standingOf } from './standing.ts';
import { asks, questionOf, told } from './told.ts';

export { begunWith, type Memory } from './memory.ts';
export { sameIn, standingOf } from './standing.ts';
export { questionOf } from './told.ts';

/** A new customer, through all systems. */
export const onboarding: Kind<Memory, OnboardingCommand, OnboardingEvent> = {
  kind: 'ONBOARDING',
  hasValues: true,
  scopes: ['customer:onboard'],
  pivot,
  isEnding: ({ memory }) => memory.ending !== null,
  waits: ({ memory }) => memory.waits,
  decide,
  evolve,
  told,
  question: questionOf,
  asks,
  shown: ({ memory }) => ({
    isMade: memory.account !== null || memory.writes.CRM_ACCOUNT?.state === 'SUCCEEDED',
    ending: endingOf(memory),
    other: null,
    enrichment: memory.enriched?.enrichment ?? null,
    // Ids are in the order in which the writes were accepted.
    writes: Object.values(memory.writes)
      .flatMap((write) => write?.id ?? [])
      .sort(),
  }),
};

function endingOf(memory: Memory): Ending | null {
  if (memory.ending) return memory.ending;
  const standing = standingOf(memory);
  return 'end' in standing && standing.end !== 'SUCCEEDED' ? standing.end : null;
}
