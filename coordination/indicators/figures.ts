import type { Distribution } from '../../runtime/telemetry.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { DriftFound } from '../drift/found.ts';
import type { OpenByAge } from '../../steward/index.ts';

/** How the business stands at one moment, by the names that the contract has for it. */
export interface Figures {
  /** When it was counted, ISO 8601 in UTC. */
  readonly asOf: string;
  readonly customersPendingErpCreation: number;
  readonly taxProfileUpdatesFailed: number;
  readonly workItemsOpen: readonly OpenByAge[];
  readonly duplicatesAvoided: { readonly byMatcher: number; readonly byPerson: number };
  /** In seconds. */
  readonly creationToBillable: Distribution;
  readonly oldestPendingWrites: readonly { readonly system: SystemName; readonly seconds: number }[];
  readonly driftFound: readonly DriftFound[];
  readonly writesSettled: {
    readonly firstAttempt: number;
    readonly laterAttempt: number;
    readonly notConfirmed: number;
  };
}

/** The figures as they were at most so many milliseconds ago: whoever asks while they are counted waits for the same. */
export function kept(
  count: () => Promise<Omit<Figures, 'asOf'>>,
  milliseconds: number,
): () => Promise<Figures> {
  let last: { readonly until: number; readonly figures: Promise<Figures> } | undefined;
  return () => {
    if (last && last.until > performance.now()) return last.figures;
    const asOf = new Date().toISOString();
    const figures = count().then((counted) => ({ asOf, ...counted }));
    const mine = { until: performance.now() + milliseconds, figures };
    last = mine;
    // What failed is not kept.
    figures.catch(() => {
      if (last === mine) last = undefined;
    });
    return figures;
  };
}
