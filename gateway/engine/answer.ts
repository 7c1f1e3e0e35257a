import { correlated, hidden, type AnswerError } from './errors.ts';

/** A response as it goes to the client. */
export interface Answer {
  /** JSON text: `{"data":…,"errors":…}`; a refusal has no `data`. */
  readonly body: string;
  /** True where nothing was executed, because the variables cannot be used. */
  readonly refused: boolean;
  /** Coordinates of the personal data that is shown whole, e.g. `Contact.email`. */
  readonly personal: readonly string[];
  /** What is behind errors that are told as internal ones only; for the log. Absent where there are none. */
  readonly faults?: readonly unknown[];
}

/** The answer of an operation that was executed. `data` is JSON text; undefined where it is null as a whole. */
export function executedAnswer(
  data: string | undefined,
  errors: readonly AnswerError[],
  personal: readonly string[],
  correlationId: string,
): Answer {
  if (errors.length === 0) return { body: `{"data":${data ?? 'null'}}`, refused: false, personal };
  const faults = errors.flatMap((error) => (error[hidden] === undefined ? [] : [error[hidden]]));
  return {
    body: `{"data":${data ?? 'null'},"errors":${JSON.stringify(correlated(errors, correlationId))}}`,
    refused: false,
    personal,
    ...(faults.length > 0 ? { faults } : {}),
  };
}

/** The answer to variables that cannot be used. */
export function refusedAnswer(errors: readonly AnswerError[]): Answer {
  return { body: JSON.stringify({ errors }), refused: true, personal: [] };
}
