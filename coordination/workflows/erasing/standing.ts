import { isOver as isWritten } from '../../write.ts';
import type { Question } from '../question.ts';
import type { Command, Ending, Stage } from '../workflow.ts';
import type { ErasureCommand } from './commands.ts';
import { erasing, systemOf, type ErasingStage, type Memory, type Receipt } from './memory.ts';

/** Where an erasure stands: what is to be done or asked next, or how it has ended. */
export type Standing =
  | { readonly at: Stage; readonly next: Command | ErasureCommand }
  | { readonly at: Stage; readonly question: Question }
  | { readonly at: 'ENDED'; readonly end: Ending | 'SUCCEEDED' };

/** Who agrees is somebody else than who asked, and has this scope. */
export const approver = 'customer:erase:approve';

/** Where an erasure stands, out of what it remembers. Pure. */
export function standingOf(memory: Memory): Standing {
  const { ending, looked, approvedBy, guarded, forgotten } = memory;
  if (ending) return { at: 'ENDED', end: ending };
  if (!looked) return { at: 'GUARDS', next: { do: 'GUARD', holding: false } };
  if (approvedBy === null)
    return { at: 'APPROVAL', question: { kind: 'APPROVAL', scopes: [approver], why: ['erasure'] } };
  if (!guarded) return { at: 'GUARDS', next: { do: 'GUARD', holding: true } };
  for (const stage of erasing) {
    const receipt = memory.receipts[stage];
    if (!receipt || !isWritten(receipt.state)) return { at: stage, next: ordered(stage, memory) };
    if (receipt.state !== 'SUCCEEDED') return { at: stage, question: aboutWrite(receipt) };
  }
  return forgotten ? { at: 'ENDED', end: 'SUCCEEDED' } : { at: 'FORGETTING', next: { do: 'FORGET' } };
}

function ordered(stage: ErasingStage, { generations }: Memory): Command {
  return {
    do: 'WRITE',
    place: { stage, generation: generations[stage] ?? 0, undo: false },
    steps: [{ system: systemOf[stage], kind: 'ERASE', changes: {} }],
  };
}

function aboutWrite({ id, state, system, codes }: Receipt): Question {
  if (state === 'REVIEW') return { kind: 'WRITE', write: id, system };
  const fields = codes.map((code) => ({
    field: '',
    code,
    message: `${system} refused to erase it: ${code}.`,
  }));
  return { kind: 'REFUSED', write: id, system, fields };
}
