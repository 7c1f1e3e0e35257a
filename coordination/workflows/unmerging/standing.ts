import { digest } from '../../../runtime/canonical.ts';
import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { OrderedStep } from '../../ordered.ts';
import { isOver as isWritten, type Values } from '../../write.ts';
import type { Question } from '../question.ts';
import { aboutWrite } from '../undoing.ts';
import type { Ending, Place, Stage } from '../workflow.ts';
import type { Memory } from './memory.ts';

/** Where an unmerge stands: what is to be done or asked next, or how it has ended. */
export type Standing =
  | { readonly at: Stage; readonly question?: Question; readonly write?: Order; readonly read?: SystemName }
  | { readonly at: 'ENDED'; readonly end: Ending | 'SUCCEEDED' };

/** A write that is to be ordered; of the survivor, or of the customer that is taken out of it. */
export interface Order {
  readonly place: Place;
  readonly steps: readonly OrderedStep[];
  readonly ofSurvivor: boolean;
}

/** Where an unmerge stands, out of what it remembers. Pure. */
export function standingOf(memory: Memory): Standing {
  const { ending, held, parted, changed, present, released } = memory;
  if (ending) return { at: 'ENDED', end: ending };
  if (!held) return { at: 'DRAINING' };
  if (!parted) return { at: 'LINKS' };
  const orders: Order[] = [];
  if (changed.merged.length > 0) orders.push(partedIn(memory));
  for (const [generation, taken] of changed.taken.entries()) {
    const { system } = taken;
    if (present[system] === undefined) {
      const open = standingAt(orders, memory);
      return open ?? { at: 'READING', read: system };
    }
    const changes = restorable(taken, present[system]);
    if (Object.keys(changes).length === 0) continue;
    const place = { stage: 'ATTRIBUTES', generation, undo: false } as const;
    orders.push({ place, steps: [{ system, kind: 'OWNER', changes }], ofSurvivor: true });
  }
  return standingAt(orders, memory) ?? (released ? { at: 'ENDED', end: 'SUCCEEDED' } : { at: 'RELEASE' });
}

/** The first write that is not over. One that was refused leaves its part as it is: the rest is put right all the same. */
function standingAt(orders: readonly Order[], { writes }: Memory): Standing | null {
  for (const order of orders) {
    const at = order.place.stage;
    const write = writes[nameOf(order.place)];
    if (!write || !isWritten(write.state)) return { at, write: order };
    if (write.state === 'REVIEW') return { at, question: aboutWrite(write) };
  }
  return null;
}

function partedIn({ changed }: Memory): Order {
  return {
    place: { stage: 'SYSTEM_MERGE', generation: 0, undo: false },
    steps: changed.merged
      .toReversed()
      .map(({ system, merge }): OrderedStep => ({ system, kind: 'UNMERGE', changes: {}, merge })),
    ofSurvivor: false,
  };
}

/** What is still as the merge has written it, as it was before. Pure. */
export function restorable(
  { before, after }: Pick<Memory['changed']['taken'][number], 'before' | 'after'>,
  present: Values | null,
): Values {
  return Object.fromEntries(
    Object.entries(before).filter(
      ([name, value]) =>
        present !== null &&
        digest(present[name] ?? null) === digest(after[name] ?? null) &&
        digest(value ?? null) !== digest(after[name] ?? null),
    ),
  );
}

/** Under which name the write of a place is remembered. */
export function nameOf({ stage, generation }: Place): string {
  return `${stage} ${generation}`;
}
