import type { Identity } from '../../identity/index.ts';
import type { Db } from '../../runtime/db/index.ts';
import { sweepPlaceIn, type Stepped, type Sweep } from '../../runtime/sweeping.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { forgetGone } from './carry.ts';
import type { Look } from './look.ts';
import { settle, type Counts } from './settle.ts';
import type { DriftPolicy } from './verdict.ts';

export interface SweepOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'members' | 'search'>;
  readonly entity: EntityName;
  readonly look: Look;
  readonly policy: DriftPolicy;
  /** Milliseconds from the end of a sweep to the next one; 0 begins one whenever none runs. */
  readonly interval: number;
  /** Milliseconds for which a sweep is in one process's hands without a word from it; 60,000 where absent. */
  readonly lease?: number;
  /** Entities whose copies are compared in a step; 200 where absent. */
  readonly most?: number;
}

/** What a sweep has come to so far. */
export interface SweepProgress extends Counts {
  /** Entities when it began, and how many of them are done. */
  readonly total: number;
  readonly walked: number;
}

/** What a step of a sweep came to. */
export type SweepStep = Stepped<SweepProgress>;

const counters = [
  'walked',
  'compared',
  'equal',
  'different',
  'moving',
  'asked',
  'repaired',
  'unreachable',
] as const satisfies readonly (keyof SweepProgress)[];

/**
 * Compares the copies of all entities with their owners, some at a time, in memory that does not grow with their number.
 * How far it is, is stored with what was found, so that after a crash it goes on there, here or in another process.
 */
export function sweepOf({
  db,
  identity,
  entity,
  look,
  policy,
  interval,
  lease,
  most = 200,
}: SweepOptions): Sweep<SweepProgress> {
  const at = sweepPlaceIn({
    ...{ db, table: 'coordination_drift_sweep', counters, interval, lease },
    total: async () => (await identity.search({ first: 1 })).totalCount(),
  });

  return {
    async step() {
      const from = await at.take();
      if (typeof from === 'string') return { state: from };
      const ids = await identity.members({ after: from.place, limit: most });
      const last = ids.at(-1) ?? null;
      const seen = last === null ? null : await look(entity, ids);
      if (!seen) await forgetGone({ db, identity });
      return db.transaction(async (tx): Promise<SweepStep> => {
        // Its row first: whoever has gone on with it meanwhile has settled this already.
        const mine = await at.go(tx, from, last, {});
        if (!mine) return { state: 'ELSEWHERE' };
        if (!seen) return { state: 'ENDED', ...mine };
        const { counts } = await settle(tx, entity, seen, policy);
        const here = await at.go(tx, from, last, { walked: ids.length, ...counts });
        return here ? { state: 'GOING_ON', ...here } : { state: 'ELSEWHERE' };
      });
    },
    release: () => at.release(),
  };
}
