import type { SystemName } from '../schema/generated/contracts.ts';

/** The codes with which a request is refused; closed, and the same in the contract. */
export type RefusalCode =
  | 'NOT_PERMITTED'
  | 'UNKNOWN_CUSTOMER'
  | 'UNKNOWN_TO_OWNER'
  | 'INVALID_VALUE'
  | 'TOO_LARGE'
  | 'VERSION_CONFLICT'
  | 'TRANSITION_NOT_ALLOWED'
  | 'GUARD_FAILED'
  | 'OWNER_UNAVAILABLE'
  | 'NO_CHANGES'
  | 'DEADLINE_PASSED'
  | 'IDEMPOTENCY_KEY_REQUIRED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_DIFFERS'
  | 'PLAN_CHANGED'
  | 'CANNOT_BE_UNDONE'
  | 'TOO_LATE'
  | 'NOT_AWAITING_APPROVAL'
  | 'SAME_PERSON'
  | 'UNKNOWN_WRITE'
  | 'NOTHING_TO_RETRY'
  | 'SUPERSEDED'
  | 'ALREADY_ONBOARDING'
  | 'UNKNOWN_WORKFLOW'
  | 'NOTHING_ASKED'
  | 'NOT_CONFIRMED'
  | 'MERGING'
  | 'NOT_MERGEABLE'
  | 'NOT_MERGED';

/** Why something is refused, and what to do about it; without an attribute it is refused as a whole. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly attribute?: string;
  readonly owner?: SystemName;
  /** What the owner has, and what was expected: values, or versions. */
  readonly current?: unknown;
  readonly expected?: unknown;
}
