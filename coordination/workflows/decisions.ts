import { record, type AuditEntry } from '../../audit/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import { holds, notPermitted } from '../../runtime/principal.ts';
import type { RequestContext } from '../../runtime/context.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { digest } from '../../runtime/canonical.ts';
import type { Refusal } from '../refusal.ts';
import { decisionOn } from './audited.ts';
import type { CarriedKinds } from './carried.ts';
import { tell } from './drive.ts';
import { checkedFor } from './given.ts';
import { kindOf, questionOf } from './kinds.ts';
import type { Question } from './question.ts';
import type { Reads } from './reads.ts';
import { keyReused } from './refusals.ts';
import type { Store } from './store.ts';
import { isOver, type Answer, type Entry, type Workflow, type WorkflowEvent } from './workflow.ts';
import type { Decided, Workflows } from './workflows.ts';

export interface DecisionOptions {
  readonly db: Db;
  readonly store: Store;
  readonly reads: Reads;
  readonly kinds: CarriedKinds;
  /** Begins with what is due at once. */
  readonly look: () => void;
  /** Has a write that waits for a person tried again. */
  readonly retryWrite: (id: string, context: RequestContext) => Promise<unknown>;
}

/** What comes with a decision: the key that it counts once under, and what the audit is told. */
interface Sent {
  readonly key?: string;
  readonly hash?: string;
  readonly audited?: readonly AuditEntry[];
}

/** What people decide about workflows: each decision holds only for the workflow as it was seen. */
export function decisionsIn(
  options: DecisionOptions,
): Pick<Workflows, 'answer' | 'conclude' | 'cancel' | 'retry' | 'tryAgain'> {
  const { db, store, reads, kinds, look, retryWrite } = options;

  async function decided(id: string, ...refusals: readonly Refusal[]): Promise<Decided> {
    return { workflow: await reads.view(id), refusals };
  }

  /** Stores an event that a person has caused, with what a steward is asked from then on. */
  async function take(before: Workflow, event: WorkflowEvent, { key, hash, audited = [] }: Sent) {
    const kind = kindOf(before);
    const after = kind.evolve(before, event);
    const entries = kind.told(before, event, after);
    return db.transaction(async (tx) => {
      const outcome = await store.decide(
        before,
        { workflow: after, entries, key: key ?? null, hash: hash ?? null },
        tx,
      );
      if (outcome !== 'DONE') return outcome;
      await tell(tx, after, kind.asks(before), kind.asks(after));
      if (event.type === 'ANSWERED')
        await kinds.get(before.kind)?.answered(tx, before, event.answer, event.by);
      await record(tx, audited);
      return outcome;
    });
  }

  async function say(before: Workflow, answer: Answer, by: string, sent: Sent) {
    const outcome = await take(before, { type: 'ANSWERED', by, answer }, sent);
    if (outcome === 'REUSED') return decided(before.id, keyReused);
    if (outcome === 'CHANGED') return decided(before.id, changedMeanwhile);
    look();
    return decided(before.id);
  }

  async function again(id: string, before: Workflow | null, by: string, sent: Sent): Promise<Decided> {
    if (!before) return { workflow: null, refusals: [unknownWorkflow] };
    if (isOver(before.state) || questionOf(before) === null) return decided(id, nothingToRetry);
    const outcome = await take(before, { type: 'RETRIED', by }, sent);
    if (outcome === 'CHANGED') return decided(id, changedMeanwhile);
    look();
    return decided(id);
  }

  return {
    async conclude(id, answer, by, key) {
      const before = await reads.view(id);
      return before
        ? say(before, answer, by, { key, hash: digest(answer) })
        : { workflow: null, refusals: [unknownWorkflow] };
    },

    async answer(id, given, key, context) {
      const before = await reads.view(id);
      if (!before) return { workflow: null, refusals: [unknownWorkflow] };
      const { values, refusals } = checkedFor(before.entity as EntityName, given.values, context);
      const answer = { ...given, values };
      // A key that is known replays, however the workflow stands by now: the store looks for it first.
      const against = [
        ...againstKind(before, context),
        ...refusals,
        ...againstAnswer(before, answer, context),
      ];
      const known = against.length > 0 ? await store.answered(id, key, digest(given)) : null;
      if (known === 'REPLAYED') return decided(id);
      if (known === 'REUSED') return decided(id, keyReused);
      if (against.length > 0) return decided(id, ...against);
      const audited = [decisionOn(before, spoken(answer), context)];
      return say(before, answer, context.principal.subject, { key, hash: digest(given), audited });
    },

    async cancel(id, reason, by, context) {
      const before = await reads.view(id);
      if (!before) return { workflow: null, refusals: [unknownWorkflow] };
      const against = context ? againstKind(before, context) : [];
      if (against.length > 0) return decided(id, ...against);
      if (before.cancelling) return decided(id);
      const entry: Entry = { event: 'CANCELLING', stage: before.stage, by, message: `${by} wants its end.` };
      const told = { operation: 'cancelWorkflow', outcome: 'CANCEL', reason };
      const taken = await db.transaction(async (tx) => {
        if (!(await store.cancel(id, kindOf(before).pivot, { by, reason }, [entry], tx))) return false;
        if (context) await record(tx, [decisionOn(before, told, context)]);
        return true;
      });
      if (taken) look();
      return decided(id, ...(taken ? [] : [tooLate]));
    },

    async retry(id, context) {
      const before = await reads.view(id);
      const against = before ? againstKind(before, context) : [];
      if (against.length > 0) return decided(id, ...against);
      const question = before && questionOf(before);
      if (question?.kind === 'WRITE') await retryWrite(question.write, context);
      const told = { operation: 'retryWorkflow', outcome: 'RETRY', reason: null };
      const audited = before ? [decisionOn(before, told, context)] : [];
      return again(id, before, context.principal.subject, { audited });
    },

    tryAgain: async (id, by) => again(id, await reads.view(id), by, {}),
  };
}

/** What the audit is told of an answer: names, never values. Pure. */
function spoken({ values, sameAs, approve, reason }: Answer) {
  const outcome = approve === null ? (sameAs === null ? 'ANSWER' : 'SAME') : approve ? 'APPROVE' : 'DECLINE';
  return { operation: 'answerWorkflow', outcome, reason, attributes: Object.keys(values) };
}

/** Each kind is decided on by whoever may start it. Pure. */
function againstKind(workflow: Workflow, { principal }: RequestContext): readonly Refusal[] {
  const { scopes } = kindOf(workflow);
  return holds(principal, scopes) ? [] : [notPermitted(scopes)];
}

/** What speaks against an answer. Pure. */
function againstAnswer(
  workflow: Workflow,
  { values, different, sameAs, approve }: Answer,
  { principal }: RequestContext,
): readonly Refusal[] {
  const question = questionOf(workflow);
  if (question === null) return [nothingAsked];
  const aboutOthers = different.length > 0 || sameAs !== null;
  if (Object.keys(values).length === 0 && !aboutOthers && approve === null) return [nothingSaid];
  const asked = question.kind === 'DUPLICATE' ? question.candidates.map(({ id }) => id) : [];
  return [
    ...[...different, ...(sameAs === null ? [] : [sameAs])].filter((id) => !asked.includes(id)).map(notAsked),
    ...(approve === null ? [] : againstApproval(workflow, question, principal)),
  ];
}

function againstApproval(
  { requestedBy }: Workflow,
  question: Question,
  principal: RequestContext['principal'],
): readonly Refusal[] {
  if (question.kind !== 'APPROVAL') return [nothingToApprove];
  if (requestedBy === principal.subject) return [samePerson];
  const { scopes } = question;
  return holds(principal, scopes) ? [] : [notPermitted(scopes)];
}

export const notAsked = (id: string): Refusal => ({
  code: 'INVALID_VALUE',
  message: `Nobody asked about ${id}: answer about the customers that the question names.`,
});
const unknownWorkflow: Refusal = { code: 'UNKNOWN_WORKFLOW', message: 'There is no workflow with this id.' };
const nothingAsked: Refusal = { code: 'NOTHING_ASKED', message: 'It waits for no answer.' };
const nothingSaid: Refusal = {
  code: 'NOTHING_ASKED',
  message: 'Say something: values, or about customers, or whether you approve.',
};
const nothingToApprove: Refusal = {
  code: 'NOT_AWAITING_APPROVAL',
  message: 'It does not wait for an approval.',
};
const samePerson: Refusal = {
  code: 'SAME_PERSON',
  message: 'Somebody other than the requester has to decide.',
};
const tooLate: Refusal = {
  code: 'TOO_LATE',
  message: 'It is over, or has a billing account: what has been done is not undone any more.',
};
const changedMeanwhile: Refusal = {
  code: 'TOO_LATE',
  message: 'The workflow has changed meanwhile; look at it again.',
};
const nothingToRetry: Refusal = {
  code: 'NOTHING_TO_RETRY',
  message: 'It waits for nobody.',
};
