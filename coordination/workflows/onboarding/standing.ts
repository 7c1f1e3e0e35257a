import type { Finder } from '../../../identity/index.ts';
import { digest } from '../../../runtime/canonical.ts';
import { isOver as isWritten } from '../../write.ts';
import type { Candidate, Question } from '../question.ts';
import { aboutWrite, undoingOf } from '../undoing.ts';
import type { Ending, Stage } from '../workflow.ts';
import { approvalOf } from './approvals.ts';
import { lackingIn } from './fields.ts';
import { factsOf, knownOf, subjectOf } from './known.ts';
import type { Memory } from './memory.ts';
import { stepsOf, undoOf, writing, type WritingStage } from './records.ts';

/** Where an onboarding stands: what is to be done or asked next, or how it has ended. */
export type Standing =
  | {
      readonly at: Stage;
      readonly question?: Question;
      readonly undo?: WritingStage;
      readonly stop?: WritingStage;
    }
  | { readonly at: 'ENDED'; readonly end: Ending | 'SUCCEEDED' };

/** Customers in these states are known to everybody already, or no customers any more: what to do instead. */
const notOnboardable: Readonly<Partial<Record<string, string>>> = {
  ON_HOLD: 'It is set up already: make it ACTIVE with changeCustomerStatus.',
  SUSPENDED: 'It is set up already: make it ACTIVE with changeCustomerStatus.',
  CLOSED: 'Take it back to ONBOARDING with changeCustomerStatus first, and onboard it then.',
};

/** Where an onboarding stands, out of what it remembers. Pure. */
export function standingOf(memory: Memory): Standing {
  return memory.ending ? undoing(memory, memory.ending) : (preparing(memory) ?? carryingOut(memory));
}

/** Null once nothing speaks against writing. */
function preparing(memory: Memory): Standing | null {
  const { read, matched, enriched } = memory;
  if (!read) return { at: 'READING' };
  const known = knownOf(memory);
  const status = known.lifecycleStatus;
  const instead = status === null ? undefined : notOnboardable[status];
  if (instead !== undefined) {
    const message = `A customer that is ${status} is not onboarded. ${instead}`;
    return { at: 'ENDED', end: { state: 'FAILED', code: 'NOT_ONBOARDABLE', message } };
  }
  const subject = subjectOf(known);
  const lacking = lackingIn(known, null);
  if (lacking.length > 0 || subject === null) return asked('FIELDS', { kind: 'FIELDS', fields: lacking });
  if (matched?.of !== digest(factsOf(known))) return { at: 'DUPLICATES' };
  const candidates = openIn(memory);
  if (candidates.length > 0) return asked('DUPLICATES', { kind: 'DUPLICATE', candidates });
  if (enriched?.of !== digest(subject)) return { at: 'ENRICHMENT' };
  const still = lackingIn(known, enriched.enrichment);
  if (still.length > 0) return asked('FIELDS', { kind: 'FIELDS', fields: still });
  const approval = approvalOf(memory);
  if (approval && memory.approved?.of !== approval.of) {
    return asked('APPROVAL', { kind: 'APPROVAL', scopes: approval.scopes, why: approval.why });
  }
  return null;
}

/** Other customers that may be the same, and that nobody has looked at. Pure. */
export function openIn({ matched, cleared }: Pick<Memory, 'matched' | 'cleared'>): readonly Candidate[] {
  return (matched?.candidates ?? []).filter(({ id }) => !cleared.includes(id));
}

/** The customer that is there already, and who found that; null where it ended otherwise, or goes on. Pure. */
export function sameIn({
  ending,
  account,
  matched,
}: Memory): { readonly customer: string; readonly by: Finder } | null {
  if (ending?.code !== 'DUPLICATE_CUSTOMER' || ending.customer === undefined) return null;
  const { customer } = ending;
  const isSure =
    matched?.candidates.some(({ id, verdict }) => id === customer && verdict === 'SAME') === true;
  // Of one that somebody has made already, a person is asked in any case.
  return { customer, by: isSure && account === null ? 'MATCHER' : 'PERSON' };
}

function carryingOut(memory: Memory): Standing {
  for (const stage of writing) {
    if (stepsOf(stage, memory).length === 0) continue;
    const write = memory.writes[stage];
    if (!write || !isWritten(write.state)) return { at: stage };
    if (write.state !== 'SUCCEEDED') return asked(stage, aboutWrite(write));
  }
  return { at: 'ENDED', end: 'SUCCEEDED' };
}

function undoing(memory: Memory, ending: Ending): Standing {
  const left = undoingOf(writing, memory.writes, (stage) => undoOf(stage, memory));
  return left ? { at: 'UNDOING', ...left } : { at: 'ENDED', end: ending };
}

function asked(at: Stage, question: Question): Standing {
  return { at, question };
}
