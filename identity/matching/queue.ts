import type { Db, Queryable } from '../../runtime/db/index.ts';
import { close, raise, type Continue, type Evidence } from '../../steward/index.ts';
import { pairName, pairOf, verdicts, type Pair } from './verdicts.ts';
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
  ask: (tx, { verdict, score, reasons, ...pair }) =>
    raiseFor(tx, pair, {
      verdict: [verdict],
      score: [String(score)],
      reasons: reasons.map(({ part, agreement, weight }) => `${part} ${agreement} ${weight}`),
    }),
  async withdraw(tx, pair, why) {
    await close(tx, kind, pairName(pair), why);
  },
};

async function raiseFor(tx: Queryable, { lower, higher }: Pair, evidence: Evidence): Promise<void> {
  await raise(tx, {
    ...{ kind, key: pairName({ lower, higher }), entity: 'Customer', entityIds: [lower, higher], evidence },
    sides: [{ customer: lower }, { customer: higher }],
  });
}

/**
 * Somebody has taken two customers for the same: whether they become one is for stewards, who are asked in the transaction of
 * the caller.
 * @param by the subject of whoever said so
 * @throws Failure BAD_USER_INPUT as `pairOf`
 */
export type TakenForSame = (tx: Queryable, one: string, other: string, by: string) => Promise<void>;

export const takenForSame: TakenForSame = (tx, one, other, by) =>
  raiseFor(tx, pairOf(one, other), { verdict: ['SAME'], saidBy: [by] });

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
