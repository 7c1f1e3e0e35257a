import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { Hold } from '../../barrier.ts';
import type { WorkflowEvent } from '../workflow.ts';

/** A record of a system, by its own key. */
interface LocalRecord {
  readonly system: SystemName;
  readonly key: string;
}

/** What only an unmerge has done. */
export type UnmergeCommand =
  /** Let nothing new be written to these customers, and tell how much is left. */
  | { readonly do: 'HOLD'; readonly ids: readonly string[] }
  /** Have the register make the customer its own again, and everybody told of it; these are records again. */
  | { readonly do: 'PART'; readonly from: string; readonly back: readonly LocalRecord[] }
  /** Let both be written to again. */
  | { readonly do: 'RELEASE'; readonly back: readonly LocalRecord[] };

/** What comes of it. */
type Happened =
  | { readonly type: 'HELD'; readonly hold: Hold }
  | { readonly type: 'PARTED' }
  | { readonly type: 'RELEASED' };

/** What has happened to an unmerge. */
export type UnmergeEvent = WorkflowEvent | Happened;
