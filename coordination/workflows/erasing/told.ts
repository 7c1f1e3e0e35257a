import { isOver as isWritten } from '../../write.ts';
import type { Question } from '../question.ts';
import type { Asked, Entry, Workflow, Written } from '../workflow.ts';
import type { ErasureEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { standingOf } from './standing.ts';

/** What is told of an event. Pure. */
export function told(
  before: Workflow<Memory>,
  event: ErasureEvent,
  after: Workflow<Memory>,
): readonly Entry[] {
  const [was, is] = [questionOf(before), questionOf(after)];
  const isNew = is !== null && (was?.kind !== is.kind || before.stage !== after.stage);
  return [
    ...ofEvent(before.stage, event),
    ...(isNew ? [{ event: 'ASKED', stage: after.stage, by: null, message: sentenceOf(is) } as const] : []),
    ...(after.stage === 'ENDED' && before.stage !== 'ENDED' ? [ofEnd(after)] : []),
  ];
}

/** What a person is asked now; null where nobody is. Pure. */
export function questionOf({ memory }: Workflow<Memory>): Question | null {
  const standing = standingOf(memory);
  return 'question' in standing ? standing.question : null;
}

/** What a steward is asked; a write that waits for a person has an item of its own. Pure. */
export function asks(workflow: Workflow<Memory>): Asked | null {
  const question = questionOf(workflow);
  if (question?.kind !== 'APPROVAL' && question?.kind !== 'REFUSED') return null;
  return {
    key: `${workflow.id} ${question.kind}`,
    customers: [workflow.entityId],
    ...(question.kind === 'APPROVAL'
      ? { evidence: { scopes: question.scopes, why: question.why }, offered: ['CANCEL'] }
      : { evidence: { fields: question.fields.map(({ code }) => code) }, offered: ['CONTINUE'] }),
  };
}

function ofEvent(stage: Entry['stage'], event: ErasureEvent): readonly Entry[] {
  const machine = (kind: Entry['event'], message: string, write?: string): readonly Entry[] => [
    { event: kind, stage, by: null, message, ...(write === undefined ? {} : { write }) },
  ];
  switch (event.type) {
    case 'GUARDED':
      return machine(
        'CHECKED',
        event.objections.map(({ message }) => message).join(' ') || 'Nothing stands against it.',
      );
    case 'WRITTEN':
      return event.write && isWritten(event.write.state) ? ofWrite(event.write, machine) : [];
    case 'FORGOTTEN':
      return machine(
        'ERASED',
        'The graph has forgotten it, and the secret of what was written about it is destroyed.',
      );
    case 'ANSWERED': {
      const { by, answer } = event;
      if (answer.approve === null) return [];
      const [kind, said] = answer.approve
        ? (['APPROVED', 'agreed'] as const)
        : (['ANSWERED', 'declined'] as const);
      return [{ event: kind, stage, by, message: `${by} ${said}.` }];
    }
    case 'RETRIED':
      return [{ event: 'RETRIED', stage, by: event.by, message: 'It is tried again.' }];
    // To have asked for the end is told when it is asked for.
    case 'CANCELLING':
    case 'LATER':
    case 'WOKEN':
    case 'READ':
      return [];
  }
}

function ofWrite(
  { id, state, applied, system, causes }: Written,
  machine: (kind: Entry['event'], message: string, write: string) => readonly Entry[],
): readonly Entry[] {
  if (state === 'SUCCEEDED')
    return machine(
      'ERASED',
      applied ? `${system} has erased it.` : `${system} never had a record of it.`,
      id,
    );
  if (state === 'REVIEW') return machine('REFUSED', `The write to ${system} waits for a person.`, id);
  return machine('REFUSED', `${system} refused: ${causes.map(({ code }) => code).join(', ')}.`, id);
}

function ofEnd({ memory, state }: Workflow<Memory>): Entry {
  const message = memory.ending ? `${state}: ${memory.ending.code}.` : 'The customer is erased.';
  return { event: 'ENDED', stage: 'ENDED', by: null, message };
}

function sentenceOf(question: Question): string {
  switch (question.kind) {
    case 'APPROVAL':
      return `A second person with ${question.scopes.join(' and ')} has to agree.`;
    case 'REFUSED':
      return `${question.system} refused to erase it: mend what stands against it there, and have it tried again.`;
    case 'WRITE':
      return `The write to ${question.system} has to be decided on.`;
    case 'FIELDS':
    case 'DUPLICATE':
      return '';
  }
}
