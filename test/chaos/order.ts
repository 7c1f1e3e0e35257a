import type { Claim, Told } from './claims.ts';
import type { Effect } from './effects.ts';
import type { Violation } from './verdict.ts';

/** Effects of one queue that are not in the order of its numbers, and numbers that are not in the order of the clients. Pure. */
export function outOfOrder(
  effects: readonly Effect[],
  claims: readonly Claim[],
  told: readonly Told[],
): readonly Violation[] {
  const byId = new Map(claims.map((claim) => [claim.id, claim]));
  const latest = new Map<string, Claim>();
  const violations: Violation[] = [];
  for (const { write, seq } of effects) {
    const claim = byId.get(write ?? '');
    if (!claim) continue;
    const last = latest.get(claim.queue);
    if (last && claim.number < last.number) {
      const seen = `effect ${seq} of ${claim.id} (${claim.number}) came after one of ${last.id} (${last.number})`;
      violations.push({ property: 'outOfOrder', seen });
    } else latest.set(claim.queue, claim);
  }
  return [...violations, ...overtaking(byId, told)];
}

/** Whoever sends a write after the last one of the same customer was acknowledged comes after it. */
function overtaking(byId: ReadonlyMap<string, Claim>, told: readonly Told[]): readonly Violation[] {
  const violations: Violation[] = [];
  const accepted = told.flatMap((one) => {
    const claim = byId.get(one.ids[0] ?? '');
    return claim ? [{ ...one, claim }] : [];
  });
  for (const queue of Map.groupBy(accepted, ({ claim }) => claim.queue).values()) {
    // In the order of the numbers: whoever was sent later than someone further on was answered has overtaken.
    let earliest = Infinity;
    let first = '';
    for (const { claim, sent, answered } of queue.sort(
      (one, other) => other.claim.number - one.claim.number,
    )) {
      if (sent > earliest)
        violations.push({
          property: 'outOfOrder',
          seen: `${claim.id} was sent after ${first} was acknowledged, and is before it in the queue`,
        });
      if (answered < earliest) [earliest, first] = [answered, claim.id];
    }
  }
  return violations;
}
