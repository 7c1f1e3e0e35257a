import type { Identity } from '../../identity/index.ts';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import { holds } from '../../runtime/principal.ts';
import type { RequestContext } from '../../runtime/context.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { digest } from '../plan.ts';
import type { Refusal } from '../refusal.ts';
import { tell } from './drive.ts';
import { approvalOf, questionOf, type Memory, type Question } from './onboarding/index.ts';
import type { Reads } from './reads.ts';
import { checkedFor, keyReused } from './start.ts';
import type { Store } from './store.ts';
import { isOver, type Answer, type Entry, type Kind, type Workflow, type WorkflowEvent } from './workflow.ts';
import type { Decided, Workflows } from './workflows.ts';

export interface DecisionOptions {
  readonly db: Db;
  readonly store: Store;
  readonly reads: Reads;
  readonly kind: Kind<Memory>;
  readonly verdicts: Pick<Identity['verdicts'], 'record'>;
  /** Begins with what is due at once. */
  readonly look: () => void;
  /** Has a write that waits for a person tried again. */
  readonly retryWrite: (id: string, context: RequestContext) => Promise<unknown>;
}

/** What people decide about workflows: each decision holds only for the workflow as it was seen. */
export function decisionsIn(
  options: DecisionOptions,
): Pick<Workflows, 'answer' | 'conclude' | 'cancel' | 'retry' | 'tryAgain'> {
  const { db, store, reads, kind, verdicts, look, retryWrite } = options;

  async function seen(id: string): Promise<Workflow<Memory> | null> {
    return (await reads.view(id)) as Workflow<Memory> | null;
  }

  async function decided(id: string, ...refusals: readonly Refusal[]): Promise<Decided> {
    return { workflow: await reads.view(id), refusals };
  }

  /** Stores an event that a person has caused, with what a steward is asked from then on. */
  async function take(
    before: Workflow<Memory>,
    event: WorkflowEvent,
    key: string | null,
    hash: string | null,
  ) {
    const after = kind.evolve(before, event);
    const entries = kind.told(before, event, after);
    return db.transaction(async (tx) => {
      const outcome = await store.decide(before, { workflow: after, entries, key, hash }, tx);
      if (outcome !== 'DONE') return outcome;
      await tell(tx, after, kind.asks(before), kind.asks(after));
      if (event.type === 'ANSWERED') await keep(tx, before, event);
      return outcome;
    });
  }

  /** What a person has said of two customers is not asked again. */
  async function keep(
    tx: Queryable,
    { entityId, memory }: Workflow<Memory>,
    { by, answer }: Extract<WorkflowEvent, { type: 'ANSWERED' }>,
  ): Promise<void> {
    // One that is still to be made has nothing by which it could be met again.
    if (memory.account === null) return;
    const { different, sameAs, reason } = answer;
    for (const other of different)
      await verdicts.record(tx, { one: entityId, other, verdict: 'DIFFERENT', by, reason });
    if (sameAs !== null)
      await verdicts.record(tx, { one: entityId, other: sameAs, verdict: 'SAME', by, reason });
  }

  async function say(before: Workflow<Memory>, answer: Answer, by: string, key: string, hash: string) {
    const outcome = await take(before, { type: 'ANSWERED', by, answer }, key, hash);
    if (outcome === 'REUSED') return decided(before.id, keyReused);
    if (outcome === 'CHANGED') return decided(before.id, changedMeanwhile);
    look();
    return decided(before.id);
  }

  async function again(id: string, before: Workflow<Memory> | null, by: string): Promise<Decided> {
    if (!before) return { workflow: null, refusals: [unknownWorkflow] };
    if (isOver(before.state) || questionOf(before) === null) return decided(id, nothingToRetry);
    const outcome = await take(before, { type: 'RETRIED', by }, null, null);
    if (outcome === 'CHANGED') return decided(id, changedMeanwhile);
    look();
    return decided(id);
  }

  return {
    async conclude(id, answer, by, key) {
      const before = await seen(id);
      return before
        ? say(before, answer, by, key, digest(answer))
        : { workflow: null, refusals: [unknownWorkflow] };
    },

    async answer(id, given, key, context) {
      const before = await seen(id);
      if (!before) return { workflow: null, refusals: [unknownWorkflow] };
      const { values, refusals } = checkedFor(before.entity as EntityName, given.values, context);
      const answer = { ...given, values };
      // A key that is known replays, however the workflow stands by now: the store looks for it first.
      const against = [...refusals, ...againstAnswer(before, answer, context)];
      const known = against.length > 0 ? await store.answered(id, key, digest(given)) : null;
      if (known === 'REPLAYED') return decided(id);
      if (known === 'REUSED') return decided(id, keyReused);
      if (against.length > 0) return decided(id, ...against);
      return say(before, answer, context.principal.subject, key, digest(given));
    },

    async cancel(id, reason, by) {
      const before = await seen(id);
      if (!before) return { workflow: null, refusals: [unknownWorkflow] };
      if (before.cancelling) return decided(id);
      const entry: Entry = { event: 'CANCELLING', stage: before.stage, by, message: `${by} wants its end.` };
      const taken = await store.cancel(id, kind.pivot, { by, reason }, [entry]);
      if (taken) look();
      return decided(id, ...(taken ? [] : [tooLate]));
    },

    async retry(id, context) {
      const before = await seen(id);
      const question = before && questionOf(before);
      if (question?.kind === 'WRITE') await retryWrite(question.write, context);
      return again(id, before, context.principal.subject);
    },

    tryAgain: async (id, by) => again(id, await seen(id), by),
  };
}

/** What speaks against an answer. Pure. */
function againstAnswer(
  workflow: Workflow<Memory>,
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
  { memory, requestedBy }: Workflow<Memory>,
  question: Question,
  principal: RequestContext['principal'],
): readonly Refusal[] {
  if (question.kind !== 'APPROVAL') return [nothingToApprove];
  if (requestedBy === principal.subject) return [samePerson];
  const scopes = approvalOf(memory)?.scopes ?? [];
  return holds(principal, scopes)
    ? []
    : [{ code: 'NOT_PERMITTED', message: `It takes the scopes ${scopes.join(' and ')}.` }];
}

const notAsked = (id: string): Refusal => ({
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
