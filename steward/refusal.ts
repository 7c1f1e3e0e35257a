/** The codes with which something about an item is refused; closed, and the same in the contract. */
export type RefusalCode =
  | 'NOT_PERMITTED'
  | 'UNKNOWN_WORK_ITEM'
  | 'NOT_OFFERED'
  | 'CUSTOMER_REQUIRED'
  | 'INVALID_INPUT'
  | 'ASSIGNED_TO_ANOTHER'
  | 'ALREADY_DECIDED'
  | 'ALREADY_CLOSED'
  | 'NOT_PROPOSED'
  | 'SAME_PERSON'
  | 'IDEMPOTENCY_KEY_REUSED';

/** Why something is refused, and what to do about it. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

export const unknownItem: Refusal = {
  code: 'UNKNOWN_WORK_ITEM',
  message: 'There is no work item with this id; give one that workItems told.',
};
export const keyReused: Refusal = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'This idempotency key was used with another decision; take a new one.',
};
export const invalid = (message: string): Refusal => ({ code: 'INVALID_INPUT', message });
