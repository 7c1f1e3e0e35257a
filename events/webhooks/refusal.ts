import { Failure, type FailureCode } from '../../runtime/failure.ts';

/** The codes with which something about an endpoint is refused; closed, and the same in the contract. */
export type RefusalCode =
  | 'NOT_PERMITTED'
  | 'UNKNOWN_WEBHOOK'
  | 'INVALID_URL'
  | 'ADDRESS_NOT_ALLOWED'
  | 'DUPLICATE_URL'
  | 'INVALID_FILTER'
  | 'TOO_LARGE'
  | 'INVALID_CURSOR'
  | 'CURSOR_EXPIRED'
  | 'TOO_MANY_WEBHOOKS';

/** Why something is refused, and what to do about it. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

const codes: Partial<Record<FailureCode, RefusalCode>> = {
  BAD_USER_INPUT: 'INVALID_FILTER',
  FORBIDDEN: 'NOT_PERMITTED',
  INVALID_CURSOR: 'INVALID_CURSOR',
  CURSOR_EXPIRED: 'CURSOR_EXPIRED',
};

/** What others fail with because of what was asked for, as a refusal; anything else is thrown on. */
export function refusalOf(error: unknown): Refusal {
  const code = error instanceof Failure ? codes[error.code] : undefined;
  if (code === undefined) throw error;
  return { code, message: (error as Failure).message };
}
