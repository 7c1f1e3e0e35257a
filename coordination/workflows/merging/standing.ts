import type { OrderedStep } from '../../ordered.ts';
import { isOver as isWritten } from '../../write.ts';
import type { Question } from '../question.ts';
import { aboutWrite, undoingOf } from '../undoing.ts';
import type { Ending, Stage, Written } from '../workflow.ts';
import type { Memory } from './memory.ts';

/** Stages that are over once their write is. */
export const writing = ['ATTRIBUTES', 'SYSTEM_MERGE'] as const;
export type WritingStage = (typeof writing)[number];

/** Where a merge stands: what is to be done or asked next, or how it has ended. */
export type Standing =
  | {
      readonly at: Stage;
      readonly question?: Question;
      readonly undo?: WritingStage;
      readonly stop?: WritingStage;
    }
  | { readonly at: 'ENDED'; readonly end: Ending | 'SUCCEEDED' };

/** Where a merge stands, out of what it remembers. Pure. */
export function standingOf(memory: Memory): Standing {
  const { ending, held, ordered, joined, writes } = memory;
  if (ending) {
    const left = undoingOf(writing, writes, (stage) => undoOf(stage, memory));
    return left ? { at: 'UNDOING', ...left } : { at: 'ENDED', end: ending };
  }
  if (!held) return { at: 'DRAINING' };
  if (!ordered) return { at: 'READING' };
  for (const stage of writing) {
    if (stepsOf(stage, memory).length === 0) continue;
    const write = writes[stage];
    if (!write || !isWritten(write.state)) return { at: stage };
    if (write.state !== 'SUCCEEDED') return { at: stage, question: aboutWrite(write) };
  }
  return joined ? { at: 'ENDED', end: 'SUCCEEDED' } : { at: 'LINKS' };
}

/** What a stage has written. Pure. */
export function stepsOf(stage: WritingStage, { ordered }: Pick<Memory, 'ordered'>): readonly OrderedStep[] {
  return (stage === 'ATTRIBUTES' ? ordered?.takes : ordered?.merges) ?? [];
}

/** What takes the write of a stage back, from its last step to its first. Pure. */
export function undoOf(stage: WritingStage, { writes }: Pick<Memory, 'writes'>): readonly OrderedStep[] {
  return appliedIn(writes[stage])
    .toReversed()
    .map(({ system, kind, before, version, merge }): OrderedStep =>
      merge
        ? { system, kind: 'UNMERGE', changes: {}, merge }
        : { system, kind, changes: before, expect: version },
    );
}

/** The steps of a write that have changed something. Pure. */
export function appliedIn(write: Written | null | undefined) {
  return write ? [write, ...(write.others ?? [])].filter(({ applied }) => applied) : [];
}
