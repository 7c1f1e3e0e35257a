import type { OrderedStep } from '../ordered.ts';
import { isOver as isWritten } from '../write.ts';
import type { Question } from './question.ts';
import type { Stage, Written } from './workflow.ts';

/** What is to be done, or asked, next so that everything is as it was before. */
export type Undoing<At extends Stage> =
  { readonly stop: At } | { readonly undo: At } | { readonly question: Question };

/**
 * From the last stage to the first: what is under way is stopped or waited for, what was done is taken back. Null once all
 * of it is. Pure.
 * @param writes by stage, and those that undo them under `<stage>/undo`
 * @param undoOf what takes the write of a stage back; empty where nothing has to be
 */
export function undoingOf<At extends Stage>(
  stages: readonly At[],
  writes: Readonly<Record<string, Written | null>>,
  undoOf: (stage: At) => readonly OrderedStep[],
): Undoing<At> | null {
  for (const stage of stages.toReversed()) {
    const write = writes[stage];
    if (write === undefined || (write && !isWritten(write.state))) return { stop: stage };
    if (write?.state === 'REVIEW') return { question: aboutWrite(write) };
    const undo = writes[`${stage}/undo`];
    if (write?.state !== 'SUCCEEDED' || undoOf(stage).length === 0) continue;
    if (!undo || !isWritten(undo.state)) return { undo: stage };
    if (undo.state === 'REVIEW') return { question: aboutWrite(undo) };
  }
  return null;
}

/** What a person is asked about a write that did not succeed. Pure. */
export function aboutWrite({ id, state, system, causes }: Written): Question {
  if (state === 'REVIEW') return { kind: 'WRITE', write: id, system };
  const fields = causes.map(({ attribute = '', code, message }) => ({ field: attribute, code, message }));
  return { kind: 'REFUSED', write: id, system, fields };
}

/** What a person may have decided about a write is looked at again. Pure. */
export function reopened(
  writes: Readonly<Record<string, Written | null>>,
  id: string,
): Readonly<Record<string, Written | null>> {
  return Object.fromEntries(
    Object.entries(writes).map(([name, write]): [string, Written | null] => [
      name,
      write?.id === id ? { ...write, state: 'PENDING' } : write,
    ]),
  );
}

/** Under which name the write of a place is remembered. */
export function nameOf({ stage, undo }: { readonly stage: Stage; readonly undo: boolean }): string {
  return undo ? `${stage}/undo` : stage;
}
