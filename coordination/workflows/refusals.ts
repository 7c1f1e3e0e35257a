import type { Refusal } from '../refusal.ts';

export const keyRequired: Refusal = {
  code: 'IDEMPOTENCY_KEY_REQUIRED',
  message:
    'Give an idempotency key, in the input or as the header Idempotency-Key: a new one for each request, the same when it is sent again.',
};
export const keyReused: Refusal = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'The idempotency key was used for something else; give a new one.',
};

export function unknownCustomer(id: string): Refusal {
  return {
    code: 'UNKNOWN_CUSTOMER',
    message: `There is no customer with the id "${id.slice(0, 100)}".`,
  };
}
