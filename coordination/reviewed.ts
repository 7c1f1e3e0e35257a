import type { Continue, Outcome } from '../steward/index.ts';
import { decisionOn } from './audited.ts';
import { merging } from './barrier.ts';
import type { DecisionOptions } from './decisions.ts';
import { nothingToRetry, supersededIn } from './decisions.ts';
import type { Requeued, Stored } from './journal.ts';
import type { Refusal } from './refusal.ts';
import { acceptedAsIs, repeated, withdrawn, type Review } from './review.ts';
import { isRestartable, restarted } from './saga.ts';

/**
 * Continues a write that waited for a person, as a steward decided. It is done once: a write that has been taken up since
 * it was raised, by this decision or another one, is left alone.
 */
export function reviewedIn({ journal, records, worker }: DecisionOptions): Continue {
  async function proceed(write: Stored, review: Review): Promise<boolean | Requeued | Refusal> {
    const { decision: outcome, by: subject, reason } = review;
    const { correlationId, traceparent } = write;
    const by = { principal: { subject, scopes: new Set<string>() }, correlationId, traceparent };
    const audited = [decisionOn(write, { operation: 'decideWorkItem', outcome, reason }, by)];
    switch (review.decision) {
      case 'RETRY':
      case 'REPEAT': {
        const refusal = isRestartable(write) ? await supersededIn(records, write) : nothingToRetry;
        const steps = review.decision === 'RETRY' ? restarted(write).steps : repeated(write);
        return refusal ?? journal.requeue(write, steps, { review }, audited);
      }
      case 'CANCEL': {
        const steps = withdrawn(write);
        return 'code' in steps ? steps : journal.requeue(write, steps, { review }, audited);
      }
      case 'ACCEPT_AS_IS':
        return journal.close(write, acceptedAsIs(write), { review }, audited);
    }
  }

  return async ({ item, decision, by, approvedBy, at, reason }): Promise<Outcome> => {
    if (!isAboutWrite(decision)) throw new Error(`a write cannot be continued by ${decision}`);
    const write = await records.stored(item.waiting.write ?? '');
    // Each time that it is put back into its queue its epoch grows.
    if (write?.state !== 'REVIEW' || String(write.epoch) !== item.waiting.epoch) return done;
    const result = await proceed(write, { decision, by, approvedBy, at, reason });
    if (result === 'BARRED') return { status: 'REFUSED', code: merging.code, message: merging.message };
    if (typeof result === 'object') return { status: 'REFUSED', code: result.code, message: result.message };
    if (result === true || result === 'DONE') worker.look();
    return done;
  };
}

const aboutWrite = [
  'RETRY',
  'REPEAT',
  'CANCEL',
  'ACCEPT_AS_IS',
] as const satisfies readonly Review['decision'][];

function isAboutWrite(decision: string): decision is Review['decision'] {
  return (aboutWrite as readonly string[]).includes(decision);
}

const done: Outcome = { status: 'DONE' };
