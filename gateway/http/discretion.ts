import { specifiedScalarTypes } from 'graphql';
import type { FailureCode } from '../../runtime/failure.ts';

/** An error of a refusal. */
interface Told {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** What a caller has written himself. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const invalid: Told = {
  message: 'The document is not valid for this graph; where introspection is on it is told why.',
  extensions: { code: 'GRAPHQL_VALIDATION_FAILED' satisfies FailureCode },
};

/** Names that are no secret of any schema. */
const everywhere = new Set([...specifiedScalarTypes.map(({ name }) => name), 'true', 'false', 'null']);

/**
 * Errors of a refusal without what they tell of the schema, for a door at which introspection is off: guessing must not be
 * rewarded. A document that is not valid is only called that, whatever is wrong with it and wherever; errors of variables
 * keep the names that the caller has written, and no others. Codes stay.
 */
export function discreet<E extends Told>(errors: readonly E[], asked: Asked): readonly (E | Told)[] {
  if (errors.some(isTelling)) return [invalid];
  return errors.map((error) => {
    if (error.extensions.code !== 'BAD_USER_INPUT') return error;
    const written = new Set(`${asked.query} ${JSON.stringify(asked.variables)}`.match(/\w+/g));
    return { ...error, message: withoutNames(error.message, written) };
  });
}

/** Whether an error tells what the schema has. That introspection is off, or that a limit is passed, tells nothing of it. */
function isTelling({ message, extensions }: Told): boolean {
  return extensions.code === 'GRAPHQL_VALIDATION_FAILED' && !message.startsWith('GraphQL introspection');
}

/** Without guesses, and with `…` for quoted names that nobody has written. */
function withoutNames(message: string, written: ReadonlySet<string>): string {
  return message
    .replace(/ Did you mean .*$/s, '')
    .replace(/"([[\]!.\w]+)"/g, (quoted, names: string) =>
      (names.match(/\w+/g) ?? []).every((name) => written.has(name) || everywhere.has(name)) ? quoted : '"…"',
    );
}
