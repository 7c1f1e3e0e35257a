import { createHash } from 'node:crypto';
import { Kind, parse, stripIgnoredCharacters, type OperationDefinitionNode } from 'graphql';

/** A document that may be named by its id. */
export interface Trusted {
  /** SHA-256 of the text in hexadecimal. */
  readonly id: string;
  /** The same of what remains of the text without blanks, commas and comments: equal for documents that are equal. */
  readonly form: string;
  readonly document: string;
}

/** A text as one that is trusted. Throws a GraphQLError for what cannot be read. */
export function trustedOf(document: string): Trusted {
  return { id: idOf(document), form: idOf(stripIgnoredCharacters(document)), document };
}

export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Characters of a document beyond which only the very text is recognised: reading a longer one takes too long. */
const readable = 50_000;

/** What a text is recognised by. */
export function formOf(text: string): string {
  if (text.length > readable) return idOf(text);
  try {
    return idOf(stripIgnoredCharacters(text));
  } catch {
    // What cannot be read was not published either.
    return idOf(text);
  }
}

/** The operations of a document, in their order. */
export function operationsIn(document: string): readonly OperationDefinitionNode[] {
  return parse(document, { noLocation: true }).definitions.filter(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
}
