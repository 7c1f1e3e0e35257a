import { refuse, type HttpRefusal } from './refusal.ts';

/** A GraphQL request, as its transport carried it. */
export interface Parameters {
  readonly refused?: undefined;
  /** Empty where the document is named by its id. */
  readonly query: string;
  /** SHA-256 in hexadecimal of a published document. */
  readonly documentId: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
}

const none: Readonly<Record<string, unknown>> = Object.freeze({});

/** Reads the JSON body of a POST request. */
export function fromBody(body: string): Parameters | HttpRefusal {
  const value = json(body);
  if (value === undefined) {
    return bad('The body is not JSON: send an object such as {"query": "{ __typename }"}.');
  }
  if (Array.isArray(value)) {
    return refuse(
      400,
      'BATCHING_NOT_SUPPORTED',
      'Batches are not taken: send one operation a request, they may share a connection.',
    );
  }
  if (!isMap(value)) return bad('The body must be a JSON object with "query".');
  return parametersOf(value);
}

/** Reads the query part of a GET request's URL, without the question mark. */
export function fromSearch(search: string): Parameters | HttpRefusal {
  const all = new URLSearchParams(search);
  for (const name of ['query', 'documentId', 'operationName', 'variables', 'extensions']) {
    if (all.getAll(name).length > 1) return bad(`"${name}" is there twice; give it once.`);
  }
  const map = (name: string): unknown => {
    const text = all.get(name);
    // What is no JSON stays a text and is refused as such.
    return text === null || text === '' ? null : (json(text) ?? text);
  };
  const given = (name: string): string | null => (all.get(name) === '' ? null : all.get(name));
  return parametersOf({
    query: given('query'),
    documentId: given('documentId'),
    operationName: given('operationName'),
    variables: map('variables'),
    extensions: map('extensions'),
  });
}

/** Checks a request as its transport gave it. */
export function parametersOf(given: Readonly<Record<string, unknown>>): Parameters | HttpRefusal {
  const { query, documentId, operationName, variables, extensions } = given;
  if (operationName != null && typeof operationName !== 'string') {
    return bad('"operationName" must be a text or null.');
  }
  if (variables != null && !isMap(variables)) {
    return bad('"variables" must be an object with a value for each variable, or null.');
  }
  if (extensions != null && !isMap(extensions)) return bad('"extensions" must be an object or null.');
  const document = documentOf(query, documentId, extensions ?? none);
  if ('refused' in document) return document;
  return {
    ...document,
    operationName: operationName ?? undefined,
    variables: variables ?? none,
    extensions: extensions ?? none,
  };
}

/**
 * A text, or the id of a published one: `documentId` as GraphQL over HTTP's appendix on persisted documents has it, or
 * Apollo's `persistedQuery`. Documents are not published by sending them, so that a text beside its hash is a text.
 */
function documentOf(
  query: unknown,
  documentId: unknown,
  { persistedQuery }: Readonly<Record<string, unknown>>,
): Pick<Parameters, 'query' | 'documentId'> | HttpRefusal {
  const hash = isMap(persistedQuery) ? persistedQuery.sha256Hash : undefined;
  if (documentId == null && (hash == null || (typeof query === 'string' && query !== ''))) {
    if (typeof query !== 'string' || query === '')
      return bad(
        '"query" must be the text of a GraphQL document, or "documentId" the id of a published one.',
      );
    return { query, documentId: undefined };
  }
  if (documentId != null && query != null && query !== '')
    return bad('Give "query" or "documentId", not both.');
  const id = documentId ?? `sha256:${String(hash)}`;
  if (typeof id !== 'string' || !/^sha256:[\da-f]{64}$/.test(id))
    return bad('The id of a document must be "sha256:" and its SHA-256 in hexadecimal.');
  return { query: '', documentId: id.slice(7) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): HttpRefusal {
  return refuse(400, 'BAD_REQUEST', message);
}
