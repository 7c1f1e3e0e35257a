import type { Hold } from '../../barrier.ts';
import type { WorkflowEvent } from '../workflow.ts';
import type { Ordered } from './memory.ts';
import type { Parties } from './plan.ts';

/** What only a merge has done. */
export type MergeCommand =
  /** Let nothing new be written to these customers, and tell how much is left. */
  | { readonly do: 'HOLD'; readonly ids: readonly string[] }
  /** Look at both, as they are in the register and in the systems. */
  | { readonly do: 'LOOK'; readonly other: string }
  /** Have the register let one live on as the other, and everybody told of it. */
  | { readonly do: 'JOIN'; readonly other: string; readonly gone: Ordered['gone'] };

/** What comes of it. */
type Happened =
  /** Nothing is left, or something speaks against it. */
  | { readonly type: 'HELD'; readonly hold: Hold }
  | { readonly type: 'LOOKED'; readonly parties: Parties }
  | { readonly type: 'JOINED' };

/** What has happened to a merge. */
export type MergeEvent = WorkflowEvent | Happened;
