import type { Command, Kind, Workflow } from '../workflow.ts';
import type { ErasureCommand, ErasureEvent } from './commands.ts';
import { evolve } from './evolve.ts';
import { erasing, pivot, type Memory } from './memory.ts';
import { standingOf } from './standing.ts';
import { asks, questionOf, told } from './told.ts';

export { begun, type Memory } from './memory.ts';

/** A customer is erased, through all systems and the graph itself. */
export const erasure: Kind<Memory, ErasureCommand, ErasureEvent> = {
  kind: 'ERASURE',
  hasValues: false,
  scopes: ['customer:erase'],
  pivot,
  isEnding: ({ memory }) => memory.ending !== null,
  waits: ({ memory }) => memory.waits,
  decide,
  evolve,
  told,
  question: questionOf,
  asks,
  shown: ({ memory }) => ({
    isMade: !memory.forgotten,
    ending: memory.ending,
    other: null,
    enrichment: null,
    writes: erasing.flatMap((stage) => memory.receipts[stage]?.id ?? []),
  }),
};

/** What is to be done next. Pure: the same memory gives the same command. */
function decide({ memory }: Workflow<Memory>): Command | ErasureCommand {
  const standing = standingOf(memory);
  if ('next' in standing) return standing.next;
  return { do: 'question' in standing ? 'WAIT' : 'END' };
}
