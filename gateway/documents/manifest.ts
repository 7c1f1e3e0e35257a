import { basename } from 'node:path';
import { Failure } from '../../runtime/failure.ts';
import { idOf, operationsIn, trustedOf, type Trusted } from './document.ts';

const format = 'apollo-persisted-query-manifest';

/** One document in the manifest that Apollo's tools write and read. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly body: string;
}

/** A manifest of documents, in the order of their names. */
export function manifestOf(documents: readonly string[]): string {
  const entries = [...new Set(documents)].map((body): Entry => {
    const [first] = operationsIn(body);
    return { id: idOf(body), name: first?.name?.value ?? '', type: first?.operation ?? 'query', body };
  });
  const operations = entries.sort((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1));
  return `${JSON.stringify({ format, version: 1, operations }, null, 2)}\n`;
}

/**
 * The documents in a file: GraphQL, a manifest of Apollo's tools, or a JSON object of documents by their SHA-256, as
 * GraphQL Code Generator and Relay write them.
 * @throws Failure BAD_USER_INPUT with the file's name and what to do
 */
export function documentsIn(path: string, text: string): readonly Trusted[] {
  const refused = (why: string, cause?: unknown): Failure =>
    new Failure('BAD_USER_INPUT', `${basename(path)}: ${why}`, { cause });
  const read = (document: string): Trusted => {
    try {
      operationsIn(document);
      return trustedOf(document);
    } catch (cause) {
      const { message } = cause as Error;
      throw refused(`it has a document that cannot be read: ${message}`, cause);
    }
  };
  if (!path.endsWith('.json')) return [read(text)];
  const entries = entriesIn(text);
  if (!entries) throw refused(`a JSON file must be a manifest ("${format}"), or documents by their SHA-256.`);
  return entries.map(([id, document]) => {
    const found = read(document);
    if (found.id === id.replace(/^sha256:/, '')) return found;
    throw refused(
      `the id ${id} is not the SHA-256 of its document; let your tool write SHA-256 in hexadecimal.`,
    );
  });
}

function entriesIn(text: string): readonly (readonly [id: string, document: string])[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { operations } = value as { readonly operations?: unknown };
  const entries = Array.isArray(operations)
    ? operations.map((one: Partial<Entry> | null) => [one?.id, one?.body] as const)
    : Object.entries(value);
  return entries.every((entry): entry is readonly [string, string] =>
    entry.every((one) => typeof one === 'string'),
  )
    ? entries
    : undefined;
}
