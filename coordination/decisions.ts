import type { AuditEntry } from '../audit/index.ts';
import type { RequestContext } from '../runtime/context.ts';
import { holds, notPermitted } from '../runtime/principal.ts';
import { decisionOn } from './audited.ts';
import { merging } from './barrier.ts';
import type { Coordination, Decided } from './coordination.ts';
import type { Journal, Requeued, Stored } from './journal.ts';
import type { Records } from './records.ts';
import type { Refusal } from './refusal.ts';
import { isRestartable, restarted } from './saga.ts';
import type { Worker } from './worker.ts';
import { isOpen, type Step } from './write.ts';

export interface DecisionOptions {
  readonly journal: Journal;
  readonly records: Records;
  readonly worker: Worker;
}

/** What people decide about writes: each decision holds only for the write as it was seen. */
export function decisionsIn({
  journal,
  records,
  worker,
}: DecisionOptions): Pick<Coordination, 'cancel' | 'approve' | 'decline' | 'retry' | 'redrive'> {
  /** Decides on a write once it is clear that nothing speaks against it. */
  async function decide(
    id: string,
    against: (write: Stored) => Refusal | null | Promise<Refusal | null>,
    decision: (write: Stored) => Promise<boolean | Requeued>,
  ): Promise<Decided> {
    const write = await records.stored(id);
    if (!write) return { write: null, refusals: [unknownWrite] };
    const refusal = (await against(write)) ?? notStored.get(await decision(write)) ?? null;
    return { write: await records.view(id), refusals: refusal ? [refusal] : [] };
  }

  const requeue = async (
    seen: Stored,
    steps: readonly Step[],
    amended: Parameters<Journal['requeue']>[2],
    audited: AuditEntry,
  ) => {
    const done = await journal.requeue(seen, steps, amended, [audited]);
    if (done === 'DONE') worker.look();
    return done;
  };
  const retried = (write: Stored, operation: string, context: RequestContext) =>
    requeue(write, restarted(write).steps, {}, decisionOn(write, { operation, outcome: 'RETRY' }, context));
  const granted = (by: string, reason: string | null, yes: boolean) => ({
    approval: { by, at: new Date().toISOString(), granted: yes, reason },
  });

  async function againstRetry(write: Stored): Promise<Refusal | null> {
    return isRestartable(write) ? supersededIn(records, write) : nothingToRetry;
  }

  return {
    cancel: (id, context) =>
      decide(
        id,
        (write) => {
          const { principal } = context;
          const own = write.requestedBy === principal.subject;
          if (!own && !holds(principal, [operate])) return notPermitted([operate]);
          return isBegun(write) ? tooLate : null;
        },
        async (write) => {
          const audited = decisionOn(write, { operation: 'cancelWrite', outcome: 'CANCEL' }, context);
          const done = await journal.close(write, 'CANCELLED', {}, [audited]);
          // The next one of its queue may begin.
          if (done) worker.look();
          return done;
        },
      ),

    approve: (id, context) =>
      decide(
        id,
        (write) => againstApproval(write, context),
        (write) => {
          // What was read before is old by now, and is read again in its turn.
          const steps = write.steps.map((step): Step => ({
            ...step,
            state: 'READY',
            before: null,
            versionAfter: null,
          }));
          const audited = decisionOn(write, { operation: 'approveWrite', outcome: 'APPROVE' }, context);
          return requeue(write, steps, granted(context.principal.subject, null, true), audited);
        },
      ),

    decline: (id, reason, context) =>
      decide(
        id,
        (write) => againstApproval(write, context),
        (write) => {
          const decision = { operation: 'declineWrite', outcome: 'DECLINE', reason };
          const declined = granted(context.principal.subject, reason, false);
          return journal.close(write, 'CANCELLED', declined, [decisionOn(write, decision, context)]);
        },
      ),

    retry: (id, context) => decide(id, againstRetry, (write) => retried(write, 'retryWrite', context)),

    async redrive(filter, dryRun, context) {
      const found = await records.deadLetters(filter);
      const refusals: Refusal[] = [];
      const taken: Stored[] = [];
      for (const write of found) {
        const refusal = await againstRetry(write);
        const done = refusal ? null : dryRun ? 'DONE' : await retried(write, 'redriveDeadLetters', context);
        const against = refusal ?? (done === 'BARRED' ? merging : null);
        if (against) refusals.push({ ...against, message: `${write.id}: ${against.message}` });
        else if (done === 'DONE') taken.push(write);
      }
      const views = await Promise.all(taken.slice(0, 100).map(({ id }) => records.view(id)));
      return { writes: views.filter((view) => view !== null), count: taken.length, refusals };
    },
  };
}

/** What stands against starting a write anew, because of writes that came after it. */
export async function supersededIn(records: Records, write: Stored): Promise<Refusal | null> {
  for (const step of restarted(write).steps.filter(isOpen)) {
    const [attribute] = await records.superseded(write, step.system, Object.keys(step.changes));
    if (attribute === undefined) continue;
    const message = `A later write changes ${attribute}; what was asked for here would undo it.`;
    return { code: 'SUPERSEDED', attribute, owner: step.system, message };
  }
  return null;
}

function againstApproval(write: Stored, { principal }: RequestContext): Refusal | null {
  if (write.state !== 'AWAITING_APPROVAL') return notAwaiting;
  if (write.requestedBy === principal.subject) return samePerson;
  return holds(principal, write.approve) ? null : notPermitted(write.approve);
}

/** Whether an owner may have been asked to change something already. */
export function isBegun({ state, steps }: Stored): boolean {
  if (state === 'AWAITING_APPROVAL') return false;
  return (
    state !== 'PENDING' ||
    steps.some((step) => (step.state !== 'READY' && step.state !== 'UNCHANGED') || step.sent)
  );
}

const operate = 'customer:operate:writes';
const unknownWrite: Refusal = { code: 'UNKNOWN_WRITE', message: 'There is no such write.' };
const tooLate: Refusal = { code: 'TOO_LATE', message: 'The write has begun already, or is over.' };
const changedMeanwhile: Refusal = {
  code: 'TOO_LATE',
  message: 'The write has changed meanwhile; look at it again.',
};
/** What is said where a decision was not stored. */
const notStored: ReadonlyMap<boolean | Requeued, Refusal> = new Map<boolean | Requeued, Refusal>([
  [false, changedMeanwhile],
  ['CHANGED', changedMeanwhile],
  ['BARRED', merging],
]);
const notAwaiting: Refusal = {
  code: 'NOT_AWAITING_APPROVAL',
  message: 'The write does not wait for an approval.',
};
const samePerson: Refusal = {
  code: 'SAME_PERSON',
  message: 'Somebody other than the requester has to decide.',
};
export const nothingToRetry: Refusal = {
  code: 'NOTHING_TO_RETRY',
  message: 'Nothing of the write is left to try again.',
};
