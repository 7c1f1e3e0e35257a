import type { FailureCode } from '../../runtime/failure.ts';

/** Why a request is not executed: an HTTP status, a code and one sentence that says what to do. */
export interface HttpRefusal {
  readonly refused: true;
  readonly status: number;
  readonly code: FailureCode;
  readonly message: string;
  /** Name, value, name, value…: headers that the status asks for. */
  readonly headers: readonly string[];
}

export function refuse(
  status: number,
  code: FailureCode,
  message: string,
  headers: readonly string[] = [],
): HttpRefusal {
  return { refused: true, status, code, message, headers };
}
