import { correlated, hidden, type AnswerError } from './errors.ts';

/** What is not executed, and why: a document, or an operation with variables that cannot be used. */
export interface Refusal {
  readonly status: 400;
  readonly errors: readonly AnswerError[];
}

/** A response as it goes to the client. */
export interface Answer {
  /** JSON text: `{"data":…,"errors":…}`. */
  readonly body: string;
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
  if (errors.length === 0) return { body: `{"data":${data ?? 'null'}}`, personal };
  const faults = errors.flatMap((error) => (error[hidden] === undefined ? [] : [error[hidden]]));
  return {
    body: `{"data":${data ?? 'null'},"errors":${JSON.stringify(correlated(errors, correlationId))}}`,
    personal,
    ...(faults.length > 0 ? { faults } : {}),
  };
}

export function refusalOf(errors: readonly AnswerError[]): Refusal {
  return { status: 400, errors };
}
