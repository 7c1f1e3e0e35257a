import { entriesOfWrite } from '../entries.ts';
import type { Question } from '../question.ts';
import type { Entry, Workflow } from '../workflow.ts';
import type { MergeEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { standingOf } from './standing.ts';

/** What is told of an event. Pure. */
export function told(before: Workflow<Memory>, event: MergeEvent, after: Workflow<Memory>): readonly Entry[] {
  return [
    ...ofEvent(before, event, after),
    ...(after.stage === 'ENDED' && before.stage !== 'ENDED' ? [ofEnd(after)] : []),
  ];
}

/** What a person is asked now; null where nobody is. Pure. */
export function questionOf({ memory }: Workflow<Memory>): Question | null {
  const standing = standingOf(memory);
  return 'question' in standing ? (standing.question ?? null) : null;
}

function ofEvent(before: Workflow<Memory>, event: MergeEvent, after: Workflow<Memory>): readonly Entry[] {
  const { stage } = before;
  const machine = (kind: Entry['event'], message: string, write?: string): readonly Entry[] => [
    { event: kind, stage, by: null, message, ...(write === undefined ? {} : { write }) },
  ];
  switch (event.type) {
    case 'HELD':
      return after.memory.held
        ? machine('HELD', 'Nothing new is written to either, and nothing is left to be carried out.')
        : [];
    case 'LOOKED': {
      const { ordered } = after.memory;
      if (!ordered) return [];
      const names = ordered.takes.flatMap(({ changes }) => Object.keys(changes));
      return machine(
        'READ',
        `${names.length} values go to the survivor${names.length > 0 ? `: ${names.join(', ')}` : ''}.`,
      );
    }
    case 'JOINED':
      return machine('LINKED', `${before.memory.other} lives on as ${before.entityId}.`);
    case 'WRITTEN':
      return entriesOfWrite(event, machine);
    case 'RETRIED':
      return [{ event: 'RETRIED', stage, by: event.by, message: 'It is tried again.' }];
    default:
      return [];
  }
}

function ofEnd({ memory, state }: Workflow<Memory>): Entry {
  const standing = standingOf(memory);
  const end = 'end' in standing ? standing.end : 'SUCCEEDED';
  const message = end === 'SUCCEEDED' ? 'The two are one.' : `${state}: ${end.code}.`;
  return { event: 'ENDED', stage: 'ENDED', by: null, message };
}
