import type { Command, Workflow } from '../workflow.ts';
import type { UnmergeCommand } from './commands.ts';
import type { Memory } from './memory.ts';
import { standingOf } from './standing.ts';

/** What is to be done next for an unmerge. Pure: the same memory gives the same command. */
export function decide({ entityId, memory }: Workflow<Memory>): Command | UnmergeCommand {
  const standing = standingOf(memory);
  if ('end' in standing) return { do: 'END' };
  if (standing.question) return { do: 'WAIT' };
  const { from, changed } = memory;
  const back = changed.merged.map(({ system, merge }) => ({ system, key: merge.from }));
  if (standing.write) {
    const { place, steps, ofSurvivor } = standing.write;
    return { do: 'WRITE', place, steps, ...(ofSurvivor ? { of: from } : {}) };
  }
  if (standing.read) {
    const { read: system } = standing;
    const written = changed.taken.filter((one) => one.system === system);
    return { do: 'READ', system, attributes: written.flatMap(({ before }) => Object.keys(before)), of: from };
  }
  switch (standing.at) {
    case 'DRAINING':
      return { do: 'HOLD', ids: [entityId, from] };
    case 'LINKS':
      return { do: 'PART', from, back };
    default:
      return { do: 'RELEASE', back };
  }
}
