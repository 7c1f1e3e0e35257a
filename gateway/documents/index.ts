import type { FailureCode } from '../../runtime/failure.ts';
import { lru } from '../../runtime/cache.ts';
import type { Refusal } from '../engine/index.ts';
import { formOf, idOf, type Trusted } from './document.ts';
import type { Register } from './register.ts';

/** Which documents are executed: any, any but with a note of those that were not published, or only published ones. */
export type Mode = 'off' | 'log' | 'only';

/** What a request says of its document. */
export interface Named {
  /** The text; empty where only its id is given. */
  readonly query: string;
  /** The id of a published document in its place: SHA-256 in hexadecimal. */
  readonly documentId?: string | undefined;
}

/**
 * The text that a request means, or why it is not executed. A promise only where something has to be looked up, which a
 * text never is in the mode `off`. Never rejects.
 */
export type TextOf = (named: Named) => string | Refusal | Promise<string | Refusal>;

export interface DocumentsOptions {
  readonly mode: Mode;
  readonly register: Register;
  /** Told once of each document that is executed although it was not published. */
  readonly unlisted: (id: string) => void;
  /** Told where published documents cannot be looked up. */
  readonly failed: (fault: unknown) => void;
}

/** Every text is as good as any other, and none has an id. */
export const anyDocument: TextOf = ({ query, documentId }) => (documentId === undefined ? query : unknown);

export function trustedDocuments({ mode, register, unlisted, failed }: DocumentsOptions): TextOf {
  const forms = lru<string>(500);
  const noted = lru<true>(1000);

  const keyOf = (query: string): string =>
    query.length > short ? formOf(query) : forms.get(query, () => formOf(query));
  const named = (found: Trusted | undefined): string | Refusal => found?.document ?? unknown;
  const judged = (query: string, found: Trusted | undefined): string | Refusal => {
    if (found) return query;
    if (mode === 'only') return unsafe;
    const id = idOf(query);
    noted.get(id, () => {
      unlisted(id);
      return true;
    });
    return query;
  };

  function settle<T>(
    found: Trusted | undefined | Promise<Trusted | undefined>,
    then: (found: Trusted | undefined) => T,
  ): T | Promise<T | Refusal> {
    if (!(found instanceof Promise)) return then(found);
    return found.then(then).catch((fault: unknown) => {
      failed(fault);
      return unavailable;
    });
  }

  return ({ query, documentId }) => {
    if (documentId !== undefined) return settle(register.get(documentId), named);
    if (mode === 'off') return query;
    return settle(register.get(keyOf(query)), (found) => judged(query, found));
  };
}

/** Characters of a text up to which its form is remembered. */
const short = 10_000;

const refusal = (code: FailureCode, message: string): Refusal => ({
  status: 400,
  errors: [{ message, extensions: { code } }],
});
const unknown = refusal(
  'PERSISTED_QUERY_NOT_FOUND',
  'No document with this id was published; publish it (npm run operations -- publish), or send its text.',
);
const unsafe = refusal(
  'QUERY_NOT_IN_SAFELIST',
  'Only published documents are executed here; publish this one (npm run operations -- publish).',
);
const unavailable = refusal(
  'STORE_UNAVAILABLE',
  'Published documents cannot be looked up now; try again later.',
);
