import type { FailureCode } from '../../runtime/failure.ts';
import type { ToldError } from '../../runtime/streaming/running.ts';

/** Something failed on our side. */
export function internal(correlationId: string): ToldError {
  return {
    message: 'Internal error',
    extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies FailureCode, correlationId },
  };
}

export function tooMany(message: string): ToldError {
  return { message, extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' satisfies FailureCode } };
}

/** What every operation is told when the process stops or its schema changes. */
export const drainingError: ToldError = {
  message: 'This server takes no more; connect again and go on after the cursor.',
  extensions: { code: 'SERVER_DRAINING' satisfies FailureCode },
};
