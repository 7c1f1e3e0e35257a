import type { Kind } from '../workflow.ts';
import type { MergeCommand, MergeEvent } from './commands.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { Memory } from './memory.ts';
import { standingOf } from './standing.ts';
import { questionOf, told } from './told.ts';

export { begunWith, type Memory } from './memory.ts';
export { appliedIn } from './standing.ts';

/** Times in a row that count for how long is waited: what runs dry does so within seconds, or somebody cannot be reached. */
const mostWaits = 5;

/** Two customers become one. */
export const merging: Kind<Memory, MergeCommand, MergeEvent> = {
  kind: 'MERGE',
  hasValues: true,
  scopes: ['customer:merge'],
  pivot: ['LINKS'],
  isEnding: ({ memory }) => memory.ending !== null,
  waits: ({ memory }) => Math.min(memory.waits, mostWaits),
  decide,
  evolve,
  told,
  question: questionOf,
  // A write that waits for a person has an item of its own, and nothing else is asked.
  asks: () => null,
  shown: ({ memory }) => {
    const standing = standingOf(memory);
    return {
      isMade: true,
      ending: 'end' in standing && standing.end !== 'SUCCEEDED' ? standing.end : memory.ending,
      other: memory.other,
      enrichment: null,
      writes: Object.values(memory.writes)
        .flatMap((write) => write?.id ?? [])
        .sort(),
    };
  },
};
