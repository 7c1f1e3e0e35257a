import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { OrderedStep } from '../../ordered.ts';
import type { Ending, Written } from '../workflow.ts';
import type { Choices } from './plan.ts';

/** What a merge knows and has done. All that it decides follows from this. */
export interface Memory extends Choices {
  /** The customer that is to live on as the one that the workflow is about. */
  readonly other: string;
  /** What was agreed to; null where nobody has looked. */
  readonly planHash: string | null;
  /** Whether nothing new is written to either, and nothing is left to be. */
  readonly held: boolean;
  /** What is to be done; null until both were looked at once nobody else writes to them. */
  readonly ordered: Ordered | null;
  /** Writes by stage, and the writes that undo them under `<stage>/undo`; null where it is known that there is none. */
  readonly writes: Readonly<Record<string, Written | null>>;
  /** Whether the register has it. */
  readonly joined: boolean;
  /** How it ends once everything is undone; null while it goes on. */
  readonly ending: Ending | null;
  /** Times in a row that somebody could not be reached, or that something was left to be carried out. */
  readonly waits: number;
}

export interface Ordered {
  readonly takes: readonly OrderedStep[];
  readonly merges: readonly OrderedStep[];
  /** Records that are none any more after that. */
  readonly gone: readonly { readonly system: SystemName; readonly key: string }[];
}

export function begunWith(asked: Choices & Pick<Memory, 'other' | 'planHash'>): Memory {
  return {
    ...asked,
    ...{ held: false, ordered: null, writes: {}, joined: false, ending: null, waits: 0 },
  };
}
