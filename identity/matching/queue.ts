import type { Db, Queryable } from '../../runtime/db/index.ts';
import { close, raise, type Continue } from '../../steward/index.ts';
import { pairName, verdicts, type Pair } from './verdicts.ts';
import type { Found } from './walk.ts';

/** Who decides of two customers that may be one; asked in the transaction that notes them. */
export interface DuplicateQueue {
  /** Asks once while nobody has decided, however often it is called. */
  ask(tx: Queryable, found: Found): Promise<void>;
  /** They are a question no longer. */
  withdraw(tx: Queryable, pair: Pair, why: 'NOT_ALIKE' | 'DECIDED' | 'MERGED'): Promise<void>;
}

const kind = 'POSSIBLE_DUPLICATE';

/** The stewards' queue: an item for each two customers. */
export const stewardsQueue: DuplicateQueue = {
  async ask(tx, { lower, higher, verdict, score, reasons }) {
    await raise(tx, {
      ...{ kind, key: pairName({ lower, higher }), entity: 'Customer', entityIds: [lower, higher] },
      sides: [{ customer: lower }, { customer: higher }],
      evidence: {
        verdict: [verdict],
        score: [String(score)],
        reasons: reasons.map(({ part, agreement, weight }) => `${part} ${agreement} ${weight}`),
      },
    });
  },
  async withdraw(tx, pair, why) {
    await close(tx, kind, pairName(pair), why);
  },
};

/** Keeps what a steward has decided of two customers: nobody is asked again, and the matcher says what was decided. */
export function verdictDecided(db: Db): Continue {
  return async ({ item, decision, by, reason }) => {
    const [one, other] = item.entityIds;
    if (one === undefined || other === undefined) throw new Error('a duplicate is of two customers');
    if (decision !== 'SAME' && decision !== 'DIFFERENT')
      throw new Error(`a duplicate cannot be continued by ${decision}`);
    await db.transaction((tx) => verdicts.record(tx, { one, other, verdict: decision, by, reason }));
    return { status: 'DONE' };
  };
}
