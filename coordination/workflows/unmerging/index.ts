import type { Kind } from '../workflow.ts';
import type { UnmergeCommand, UnmergeEvent } from './commands.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { Memory } from './memory.ts';
import { standingOf } from './standing.ts';
import { told } from './told.ts';

export { begunWith, changedBy, type Memory } from './memory.ts';

/** Times in a row that count for how long is waited: what runs dry does so within seconds, or somebody cannot be reached. */
const mostWaits = 5;

/** A customer that was merged is its own again. Once the register has it there is no way back but another merge. */
export const unmerging: Kind<Memory, UnmergeCommand, UnmergeEvent> = {
  kind: 'UNMERGE',
  hasValues: true,
  scopes: ['customer:merge'],
  pivot: ['LINKS', 'SYSTEM_MERGE', 'READING', 'ATTRIBUTES', 'RELEASE'],
  isEnding: ({ memory }) => memory.ending !== null,
  waits: ({ memory }) => Math.min(memory.waits, mostWaits),
  decide,
  evolve,
  told,
  question({ memory }) {
    const standing = standingOf(memory);
    return 'question' in standing ? (standing.question ?? null) : null;
  },
  // A write that waits for a person has an item of its own, and nothing else is asked.
  asks: () => null,
  shown: ({ memory }) => ({
    isMade: true,
    ending: memory.ending,
    other: memory.from,
    enrichment: null,
    writes: Object.values(memory.writes)
      .flatMap((write) => write?.id ?? [])
      .sort(),
  }),
};
