import { digest } from '../../../runtime/canonical.ts';
import { isOver as isWritten } from '../../write.ts';
import type { Candidate } from '../question.ts';
import { standingAs } from '../stand.ts';
import { nameOf, reopened } from '../undoing.ts';
import type { Answer, Ending, Workflow, Written } from '../workflow.ts';
import { approvalOf } from './approvals.ts';
import type { OnboardingEvent } from './commands.ts';
import type { Memory } from './memory.ts';
import { standingOf } from './standing.ts';

/** The onboarding after something has happened. Pure. */
export function evolve(workflow: Workflow<Memory>, event: OnboardingEvent): Workflow<Memory> {
  const memory = remembered(workflow.memory, event);
  return standingAs(workflow, memory, standingOf(memory));
}

function remembered(memory: Memory, event: OnboardingEvent): Memory {
  switch (event.type) {
    case 'READ':
      return { ...memory, waits: 0, read: true, account: event.values };
    case 'MATCHED':
      return found({ ...memory, waits: 0 }, digest(event.facts), event.candidates);
    case 'ENRICHED':
      return { ...memory, waits: 0, enriched: { of: digest(event.of), enrichment: event.enrichment } };
    case 'WRITTEN':
      return {
        ...memory,
        waits: isStubborn(memory, event.write) ? memory.waits + 1 : 0,
        writes: { ...memory.writes, [nameOf(event.place)]: event.write },
      };
    case 'LATER':
      return { ...memory, waits: memory.waits + 1 };
    case 'WOKEN':
      return lookedAgain(memory);
    case 'RETRIED':
      return anew(lookedAgain(memory));
    case 'CANCELLING':
      return ended(memory, { state: 'CANCELLED', code: 'CANCELLED', message: `Cancelled by ${event.by}.` });
    case 'ANSWERED':
      return answered(memory, event.answer, event.by);
  }
}

/** A customer that nobody has made yet need not be made where there is one that is the same. */
function found(memory: Memory, of: string, candidates: readonly Candidate[]): Memory {
  const next = { ...memory, matched: { of, candidates } };
  const same = candidates.find(({ id, verdict }) => verdict === 'SAME' && !memory.cleared.includes(id));
  return same && memory.account === null && Object.keys(memory.writes).length === 0
    ? ended(next, sameAs(same.id))
    : next;
}

function answered(memory: Memory, { values, different, sameAs: same, approve }: Answer, by: string): Memory {
  const approval = approvalOf(memory);
  const next = anew({
    ...memory,
    given: { ...memory.given, ...values },
    cleared: [...new Set([...memory.cleared, ...different])],
    ...(approve === true && approval ? { approved: { of: approval.of, by } } : {}),
  });
  if (same !== null) return ended(next, sameAs(same));
  if (approve === false)
    return ended(next, { state: 'FAILED', code: 'DECLINED', message: `Declined by ${by}.` });
  return next;
}

/** What was refused is another write next time. */
function anew(memory: Memory): Memory {
  const standing = standingOf(memory);
  const question = 'question' in standing ? standing.question : undefined;
  if (question?.kind !== 'REFUSED') return memory;
  const { [standing.at]: refused, ...writes } = memory.writes;
  const generation = (memory.generations[standing.at] ?? 0) + (refused ? 1 : 0);
  return { ...memory, writes, generations: { ...memory.generations, [standing.at]: generation } };
}

/** What a person may have mended elsewhere is looked at again. */
function lookedAgain(memory: Memory): Memory {
  const standing = standingOf(memory);
  const question = 'question' in standing ? standing.question : undefined;
  switch (question?.kind) {
    case 'FIELDS':
    case 'DUPLICATE':
      return Object.keys(memory.writes).length === 0
        ? { ...memory, read: false, matched: null }
        : { ...memory, matched: null };
    case 'WRITE':
      return { ...memory, writes: reopened(memory.writes, question.write) };
    default:
      return memory;
  }
}

function ended(memory: Memory, ending: Ending): Memory {
  return memory.ending ? memory : { ...memory, ending };
}

function sameAs(customer: string): Ending {
  return {
    state: 'FAILED',
    code: 'DUPLICATE_CUSTOMER',
    message: 'The customer is there already.',
    customer,
  };
}

/** Whether it is to end, and has not: it may be in somebody's hands just now, which nobody tells of. */
function isStubborn({ ending }: Memory, write: Written | null): boolean {
  return ending !== null && write !== null && !isWritten(write.state);
}
