import type { WorkflowEvent } from '../workflow.ts';
import type { Objection } from './memory.ts';

/** What only an erasure has done. */
export type ErasureCommand =
  /** Look whether anything stands against it; `holding` lets nothing new be written to the customer from then on. */
  | { readonly do: 'GUARD'; readonly holding: boolean }
  /** Leave nothing of the customer in the graph itself, and destroy the secret of what was written about it. */
  | { readonly do: 'FORGET' };

/** What has happened to an erasure. */
export type ErasureEvent =
  | WorkflowEvent
  | { readonly type: 'GUARDED'; readonly objections: readonly Objection[] }
  | { readonly type: 'FORGOTTEN' };
