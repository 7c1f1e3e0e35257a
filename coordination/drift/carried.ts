import { setTimeout as wait } from 'node:timers/promises';
import type { Queryable } from '../../runtime/db/index.ts';
import { lookAtSuspects, orderRepairs, type CarryOptions } from './carry.ts';

/** What became of repairs, in numbers of copies. */
export interface Carried {
  /** As their owners have it again. */
  readonly repaired: number;
  /** Not, or not yet: a write is in flight, a system cannot be reached, or it refuses the value. */
  readonly left: number;
}

/** Milliseconds between two looks whether writes are over, and for which it is waited at most without any coming on. */
const [pause, patience] = [100, 60_000];

/** Orders all repairs there are and waits until they are over, or nothing comes on any more. */
export async function carryOut(options: CarryOptions, signal: AbortSignal): Promise<Carried> {
  const { db } = options;
  const stopped = () => signal.aborted;
  const before = await waiting(db);
  for (let [left, since] = [before, Date.now()]; left > 0 && !stopped() && Date.now() - since < patience;) {
    await db.query(`update coordination_drift_suspect set due = clock_timestamp() where told_at is null`);
    await orderRepairs(options, stopped);
    await lookAtSuspects(options, stopped);
    const now = await waiting(db);
    if (now < left) [left, since] = [now, Date.now()];
    if (now > 0) await wait(pause, undefined, { signal }).catch(() => undefined);
  }
  const left = await waiting(db);
  return { repaired: Math.max(0, before - left), left };
}

async function waiting(db: Queryable): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*)::int as count from coordination_drift where state in ('TO_REPAIR', 'ORDERED')`,
  );
  return row?.count ?? 0;
}
