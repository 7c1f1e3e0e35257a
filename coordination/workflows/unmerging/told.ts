import { entriesOfWrite } from '../entries.ts';
import type { Entry, Workflow } from '../workflow.ts';
import type { UnmergeEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { restorable } from './standing.ts';

/** What is told of an event. Pure. */
export function told(
  before: Workflow<Memory>,
  event: UnmergeEvent,
  after: Workflow<Memory>,
): readonly Entry[] {
  const isEnd = after.stage === 'ENDED' && before.stage !== 'ENDED';
  return [...ofEvent(before, event, after), ...(isEnd ? [ofEnd(after)] : [])];
}

function ofEvent(
  { stage, memory, entityId }: Workflow<Memory>,
  event: UnmergeEvent,
  after: Workflow<Memory>,
): readonly Entry[] {
  const machine = (kind: Entry['event'], message: string, write?: string): readonly Entry[] => [
    { event: kind, stage, by: null, message, ...(write === undefined ? {} : { write }) },
  ];
  switch (event.type) {
    case 'HELD':
      return after.memory.held
        ? machine('HELD', 'Nothing new is written to either, and nothing is left to be carried out.')
        : [];
    case 'PARTED':
      return machine('LINKED', `${entityId} is its own again, and no longer ${memory.from}.`);
    case 'READ': {
      const left = memory.changed.taken
        .filter(({ system }) => system === event.system)
        .flatMap((taken) => {
          const back = restorable(taken, event.values);
          return Object.keys(taken.before).filter((name) => !(name in back));
        });
      if (left.length === 0) return [];
      return machine(
        'LEFT',
        `${event.system} keeps ${left.join(', ')}: changed since, or never another value.`,
      );
    }
    case 'WRITTEN':
      return event.write?.state === 'FAILED'
        ? entriesOfWrite({ ...event, place: { ...event.place, undo: true } }, machine)
        : entriesOfWrite(event, machine);
    case 'RETRIED':
      return [{ event: 'RETRIED', stage, by: event.by, message: 'It is tried again.' }];
    default:
      return [];
  }
}

function ofEnd({ memory, state }: Workflow<Memory>): Entry {
  const { ending } = memory;
  const message = ending ? `${state}: ${ending.code}.` : 'The customer is its own again.';
  return { event: 'ENDED', stage: 'ENDED', by: null, message };
}
