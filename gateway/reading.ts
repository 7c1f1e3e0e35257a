import type { Reads } from '../audit/index.ts';
import type { Answered } from './server.ts';

/** Notes for the audit what an answer, or a subscription that begins, shows of personal data. */
export function readsIn(reads: Pick<Reads, 'note'>): (answered: Answered) => void {
  return ({ personal, principal, unmaskReason, traceparent = null, correlationId, operation }) => {
    if (!personal || !principal) return;
    reads.note({
      ...{ principal, personal, correlationId, traceparent },
      operation: operation?.name ?? null,
      unmaskReason: unmaskReason ?? undefined,
    });
  };
}
