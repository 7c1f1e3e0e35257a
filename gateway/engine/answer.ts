import type { AnswerError } from './errors.ts';

/** A response as it goes to the client. */
export interface Answer {
  /** JSON text: `{"data":…,"errors":…}`; a refusal has no `data`. */
  readonly body: string;
  /** True where nothing was executed, because the variables cannot be used. */
  readonly refused: boolean;
  /** Coordinates of the personal data that is shown whole, e.g. `Contact.email`. */
  readonly personal: readonly string[];
}

/** The answer of an operation that was executed. `data` is JSON text; undefined where it is null as a whole. */
export function executedAnswer(
  data: string | undefined,
  errors: readonly AnswerError[],
  personal: readonly string[],
): Answer {
  const told = errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors)}`;
  return { body: `{"data":${data ?? 'null'}${told}}`, refused: false, personal };
}

/** The answer to variables that cannot be used. */
export function refusedAnswer(errors: readonly AnswerError[]): Answer {
  return { body: JSON.stringify({ errors }), refused: true, personal: [] };
}
