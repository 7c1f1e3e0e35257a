import { digest } from '../../../runtime/canonical.ts';
import { entriesOfWrite } from '../entries.ts';
import { meantBySame, type Question } from '../question.ts';
import type { Asked, Entry, Workflow } from '../workflow.ts';
import type { OnboardingEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { openIn, standingOf } from './standing.ts';

/** What is told of an event. What only looked again, and found what was known, is not told. Pure. */
export function told(
  before: Workflow<Memory>,
  event: OnboardingEvent,
  after: Workflow<Memory>,
): readonly Entry[] {
  const asked = questionOf(after);
  const isNew = asked !== null && digest(asked) !== digest(questionOf(before));
  return [
    ...ofEvent(before, event, after),
    ...(isNew ? [{ event: 'ASKED', stage: after.stage, by: null, message: sentenceOf(asked) } as const] : []),
    ...(after.stage === 'ENDED' && before.stage !== 'ENDED' ? [ofEnd(after)] : []),
  ];
}

/** What a person is asked now; null where nobody is. Pure. */
export function questionOf({ memory }: Workflow<Memory>): Question | null {
  const standing = standingOf(memory);
  return 'question' in standing ? (standing.question ?? null) : null;
}

function ofEvent(
  before: Workflow<Memory>,
  event: OnboardingEvent,
  after: Workflow<Memory>,
): readonly Entry[] {
  const { stage } = before;
  const machine = (kind: Entry['event'], message: string, write?: string): readonly Entry[] => [
    { event: kind, stage, by: null, message, ...(write === undefined ? {} : { write }) },
  ];
  switch (event.type) {
    case 'READ':
      if (before.memory.read || digest(before.memory.account) === digest(event.values))
        return before.memory.account
          ? []
          : machine('READ', event.values ? 'The account was read.' : 'The CRM has no account of it.');
      return machine('READ', 'The account was read.');
    case 'MATCHED':
      return machine('CHECKED', `${openIn(after.memory).length} other customers may be the same.`);
    case 'ENRICHED': {
      const { sources, asOf } = event.enrichment;
      return machine('ENRICHED', `The demands of the country, by ${sources.join('; ')}, as of ${asOf}.`);
    }
    case 'WRITTEN':
      return entriesOfWrite(event, machine);
    case 'ANSWERED': {
      const { answer, by } = event;
      const names = Object.keys(answer.values);
      const said = [
        ...(names.length > 0 ? [`gave ${names.join(', ')}`] : []),
        ...answer.different.map((id) => `said that ${id} is another customer`),
        ...(answer.sameAs === null ? [] : [`said that it is ${answer.sameAs}`]),
        ...(answer.approve === null ? [] : [answer.approve ? 'approved' : 'declined']),
        ...(answer.reason === null ? [] : [`because: ${answer.reason}`]),
      ];
      return [
        {
          event: answer.approve === true ? 'APPROVED' : 'ANSWERED',
          stage,
          by,
          message: `${by} ${said.join(', ')}.`,
        },
      ];
    }
    case 'RETRIED':
      return [{ event: 'RETRIED', stage, by: event.by, message: 'It is tried again.' }];
    // To have asked for the end is told when it is asked for.
    case 'CANCELLING':
    case 'LATER':
    case 'WOKEN':
      return [];
  }
}

function ofEnd({ memory, state }: Workflow<Memory>): Entry {
  const standing = standingOf(memory);
  const end = 'end' in standing ? standing.end : 'SUCCEEDED';
  return {
    event: 'ENDED',
    stage: 'ENDED',
    by: null,
    message: end === 'SUCCEEDED' ? 'The customer is active in all systems.' : `${state}: ${end.code}.`,
  };
}

function sentenceOf(question: Question): string {
  switch (question.kind) {
    case 'FIELDS':
      return `Needed: ${question.fields.map(({ field, code }) => `${field} (${code})`).join(', ')}.`;
    case 'DUPLICATE':
      return `Is it the same customer as ${question.candidates.map(({ id }) => id).join(', ')}?`;
    case 'APPROVAL':
      return `A second person with ${question.scopes.join(' and ')} has to agree to ${question.why.join(', ')}.`;
    case 'REFUSED':
      return `${question.system} refused its part: ${question.fields.map(({ field, code }) => (field === '' ? code : `${field} (${code})`)).join(', ')}.`;
    case 'WRITE':
      return `The write to ${question.system} has to be decided on.`;
  }
}

/** What a steward is asked; a write that waits for a person has an item of its own. Pure. */
export function asks(workflow: Workflow<Memory>): Asked | null {
  const question = questionOf(workflow);
  if (question === null || question.kind === 'WRITE') return null;
  const own = { key: `${workflow.id} ${question.kind}`, customers: [workflow.entityId] };
  switch (question.kind) {
    case 'FIELDS':
    case 'REFUSED':
      return {
        ...own,
        evidence: { fields: question.fields.map(({ field, code }) => `${field} ${code}`.trim()) },
        offered: ['CONTINUE', 'CANCEL'],
      };
    case 'DUPLICATE':
      return {
        key: own.key,
        customers: [workflow.entityId, ...question.candidates.map(({ id }) => id)],
        evidence: Object.fromEntries(
          question.candidates.map(({ id, verdict, score, reasons }) => [
            id,
            [verdict, score.toFixed(3), ...reasons],
          ]),
        ),
        offered: meantBySame(question.candidates) ? ['SAME', 'DIFFERENT', 'CANCEL'] : ['DIFFERENT', 'CANCEL'],
      };
    case 'APPROVAL':
      return { ...own, evidence: { scopes: question.scopes, why: question.why }, offered: ['CANCEL'] };
  }
}
