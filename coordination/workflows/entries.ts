import { isOver as isWritten } from '../write.ts';
import type { Entry, WorkflowEvent } from './workflow.ts';

/** What is told of a write of a workflow, once it is over. Pure. */
export function entriesOfWrite(
  { write, place: { undo } }: Extract<WorkflowEvent, { type: 'WRITTEN' }>,
  machine: (kind: Entry['event'], message: string, write: string) => readonly Entry[],
): readonly Entry[] {
  if (!write || !isWritten(write.state)) return [];
  const { id, state, applied, system, causes } = write;
  const why = causes
    .map(({ code, attribute }) => (attribute === undefined ? code : `${attribute}: ${code}`))
    .join(', ');
  if (state === 'SUCCEEDED') {
    if (undo) return machine('UNDONE', `${system} is as it was before.`, id);
    return machine('WRITTEN', applied ? `${system} has it.` : `${system} had it already.`, id);
  }
  if (undo) return machine('LEFT', `${system} keeps what was written, it has changed since: ${why}.`, id);
  return machine(
    'REFUSED',
    state === 'REVIEW' ? `The write to ${system} waits for a person.` : `${system} refused: ${why}.`,
    id,
  );
}
