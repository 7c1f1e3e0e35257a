import type { Continue, Outcome } from '../steward/index.ts';
import type { DecisionOptions } from './decisions.ts';
import { nothingToRetry, supersededIn } from './decisions.ts';
import type { Stored } from './journal.ts';
import type { Refusal } from './refusal.ts';
import { acceptedAsIs, withdrawn, type Review } from './review.ts';
import { isRestartable, restarted } from './saga.ts';

/**
 * Continues a write that waited for a person, as a steward decided. It is done once: a write that has been taken up since
 * it was raised, by this decision or another one, is left alone.
 */
export function reviewedIn({ journal, records, worker }: DecisionOptions): Continue {
  async function proceed(write: Stored, review: Review): Promise<boolean | Refusal> {
    switch (review.decision) {
      case 'RETRY': {
        const refusal = isRestartable(write) ? await supersededIn(records, write) : nothingToRetry;
        return refusal ?? journal.requeue(write, restarted(write).steps, { review });
      }
      case 'CANCEL': {
        const steps = withdrawn(write);
        return 'code' in steps ? steps : journal.requeue(write, steps, { review });
      }
      case 'ACCEPT_AS_IS':
        return journal.close(write, acceptedAsIs(write), { review });
    }
  }

  return async ({ item, decision, by, approvedBy, at, reason }): Promise<Outcome> => {
    if (decision !== 'RETRY' && decision !== 'CANCEL' && decision !== 'ACCEPT_AS_IS')
      throw new Error(`a write cannot be continued by ${decision}`);
    const write = await records.stored(item.waiting.write ?? '');
    // Each time that it is put back into its queue its epoch grows.
    if (write?.state !== 'REVIEW' || String(write.epoch) !== item.waiting.epoch) return done;
    const result = await proceed(write, { decision, by, approvedBy, at, reason });
    if (typeof result === 'object') return { status: 'REFUSED', code: result.code, message: result.message };
    if (result) worker.look();
    return done;
  };
}

const done: Outcome = { status: 'DONE' };
