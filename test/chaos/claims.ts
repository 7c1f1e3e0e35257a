import type { Mode, WriteState } from '../../coordination/write.ts';
import type { Submission } from './workload.ts';

/** What the coordination layer says of a write in the end. */
export interface Claim {
  readonly id: string;
  /** The write whose value this one copies to another system; null for a client's own. */
  readonly copyOf: string | null;
  /** What waits for each other; a customer is one queue, and so is each of its systems with copies. */
  readonly queue: string;
  /** Place in the queue. */
  readonly number: number;
  readonly mode: Mode;
  readonly state: WriteState;
  readonly receipts: readonly ClaimedReceipt[];
}

/** What it says of one attribute at the one system where this write changes it. */
export interface ClaimedReceipt {
  readonly attribute: string;
  /** As the contract calls it. */
  readonly system: string;
  readonly outcome: 'APPLIED' | 'UNCHANGED' | 'PENDING' | 'REJECTED' | 'COMPENSATED' | 'NEEDS_REVIEW';
  readonly versionBefore: string | null;
  readonly versionAfter: string | null;
}

/** What became of a submission in the eyes of its client. Moments are ticks of the client's own clock. */
export interface Told {
  readonly submission: Submission;
  /** When it was first sent, and when its answer was there. */
  readonly sent: number;
  readonly answered: number;
  /** Ids of all writes that answers to it named; empty where it was refused. */
  readonly ids: readonly string[];
  /** Why it was refused; empty where it was accepted. */
  readonly refusals: readonly string[];
}
