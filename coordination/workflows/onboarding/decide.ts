import type { Command, Place, Workflow } from '../workflow.ts';
import type { OnboardingCommand } from './commands.ts';
import { factsOf, knownOf, subjectOf } from './known.ts';
import type { Memory } from './memory.ts';
import { readOfAccount, stepsOf, undoOf, writing, type WritingStage } from './records.ts';
import { standingOf } from './standing.ts';

/** What is to be done next for an onboarding. Pure: the same memory gives the same command. */
export function decide({ memory }: Workflow<Memory>): Command | OnboardingCommand {
  const standing = standingOf(memory);
  if ('end' in standing) return { do: 'END' };
  if (standing.question) return { do: 'WAIT' };
  if (standing.stop) return { do: 'STOP', place: placeOf(standing.stop, memory) };
  if (standing.undo) {
    return {
      do: 'WRITE',
      place: { ...placeOf(standing.undo, memory), undo: true },
      steps: undoOf(standing.undo, memory),
    };
  }
  const known = knownOf(memory);
  switch (standing.at) {
    case 'READING':
      return { do: 'READ', system: 'CRM', attributes: readOfAccount };
    case 'DUPLICATES':
      return {
        do: 'MATCH',
        facts: factsOf(known),
        cleared: memory.cleared,
        parent: known.parent,
        toBeMade: memory.account === null,
      };
    case 'ENRICHMENT': {
      const of = subjectOf(known);
      return of ? { do: 'ENRICH', of } : { do: 'WAIT' };
    }
    default: {
      const stage = writing.find((one) => one === standing.at);
      return stage
        ? { do: 'WRITE', place: placeOf(stage, memory), steps: stepsOf(stage, memory) }
        : { do: 'WAIT' };
    }
  }
}

function placeOf(stage: WritingStage, { generations }: Memory): Place {
  return { stage, generation: generations[stage] ?? 0, undo: false };
}
