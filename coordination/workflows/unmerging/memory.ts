import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { OrderedStep } from '../../ordered.ts';
import type { Values } from '../../write.ts';
import { appliedIn, type Memory as MergeMemory } from '../merging/index.ts';
import type { Ending, Written } from '../workflow.ts';

/** What an unmerge knows and has done. All that it decides follows from this. */
export interface Memory {
  /** The customer that this one lives on as. */
  readonly from: string;
  /** What the merge has changed in the systems. */
  readonly changed: Changed;
  /** Whether nothing new is written to either, and nothing is left to be. */
  readonly held: boolean;
  /** Whether the register has it. */
  readonly parted: boolean;
  /** What the survivor has by now of what the merge has written, by system; null where it has no record. */
  readonly present: Readonly<Partial<Record<SystemName, Values | null>>>;
  /** Writes by `<stage> <generation>`. */
  readonly writes: Readonly<Record<string, Written | null>>;
  /** Whether both can be written to again. */
  readonly released: boolean;
  /** How it ended without having had an effect; null otherwise. */
  readonly ending: Ending | null;
  /** Times in a row that somebody could not be reached, or that something was left to be carried out. */
  readonly waits: number;
}

export interface Changed {
  /** Records that their systems have merged. */
  readonly merged: readonly {
    readonly system: SystemName;
    readonly merge: NonNullable<OrderedStep['merge']>;
  }[];
  /** Values that were written to the survivor's records; none where that one was merged itself since. */
  readonly taken: readonly { readonly system: SystemName; readonly before: Values; readonly after: Values }[];
}

/** What a merge has changed, out of what it remembers. Pure. */
export function changedBy({ writes }: Pick<MergeMemory, 'writes'>, isNested: boolean): Changed {
  return {
    merged: appliedIn(writes.SYSTEM_MERGE).flatMap(({ system, merge }) => (merge ? [{ system, merge }] : [])),
    taken: isNested
      ? []
      : appliedIn(writes.ATTRIBUTES).map(({ system, before, after }) => ({ system, before, after })),
  };
}

export function begunWith(from: string, changed: Changed): Memory {
  return {
    ...{ from, changed, held: false, parted: false, present: {}, writes: {} },
    ...{ released: false, ending: null, waits: 0 },
  };
}
