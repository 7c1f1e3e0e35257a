import type { Command, Place, Workflow } from '../workflow.ts';
import type { MergeCommand } from './commands.ts';
import type { Memory } from './memory.ts';
import { standingOf, stepsOf, undoOf, writing } from './standing.ts';

/** What is to be done next for a merge. Pure: the same memory gives the same command. */
export function decide({ entityId, memory }: Workflow<Memory>): Command | MergeCommand {
  const standing = standingOf(memory);
  const { other } = memory;
  if ('end' in standing) return { do: 'END' };
  if (standing.question) return { do: 'WAIT' };
  if (standing.stop) return { do: 'STOP', place: placeOf(standing.stop) };
  if (standing.undo)
    return {
      do: 'WRITE',
      place: { ...placeOf(standing.undo), undo: true },
      steps: undoOf(standing.undo, memory),
    };
  switch (standing.at) {
    case 'DRAINING':
      return { do: 'HOLD', ids: [entityId, other] };
    case 'READING':
      return { do: 'LOOK', other };
    case 'LINKS':
      return { do: 'JOIN', other, gone: memory.ordered?.gone ?? [] };
    default: {
      const stage = writing.find((one) => one === standing.at);
      return stage ? { do: 'WRITE', place: placeOf(stage), steps: stepsOf(stage, memory) } : { do: 'WAIT' };
    }
  }
}

function placeOf(stage: (typeof writing)[number]): Place {
  return { stage, generation: 0, undo: false };
}
