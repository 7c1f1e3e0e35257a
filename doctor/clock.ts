import type { Db } from '../runtime/db/index.ts';
import { ok, warn, type Found } from './finding.ts';

/** Milliseconds that two clocks may differ before leases and tokens suffer. */
const most = 1_000;

/**
 * Compares two clocks by one question and its answer. Pure.
 * @param asked epoch milliseconds here when the question went
 * @param answered epoch milliseconds here when the answer came
 * @param theirs epoch milliseconds there
 * @param exact milliseconds to which theirs is told: a header tells whole seconds
 */
export function clockOf(
  whose: string,
  { asked, answered, theirs, exact = 0 }: { asked: number; answered: number; theirs: number; exact?: number },
): Found {
  // Theirs was told at some time between the two: what is within is no difference.
  const apart = theirs + exact < asked ? asked - theirs - exact : Math.max(0, theirs - answered);
  return apart <= most
    ? ok(`the clock agrees with that of ${whose}`)
    : warn(
        `the clock is ${Math.round(apart / 1000)} s ${theirs < asked ? 'ahead of' : 'behind'} that of ${whose}`,
        'Let both machines keep their clocks by NTP.',
      );
}

/** Against the store, by whose clock leases run. */
export async function storeClock(db: Db): Promise<Found> {
  const asked = Date.now();
  const [row] = await db.query<{ now: string }>('select clock_timestamp() as now');
  return clockOf('the store', { asked, answered: Date.now(), theirs: Date.parse(row?.now ?? '') });
}
