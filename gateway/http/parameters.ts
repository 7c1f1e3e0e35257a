import { refuse, type HttpRefusal } from './refusal.ts';

/** A GraphQL request, as its transport carried it. */
export interface Parameters {
  readonly refused?: undefined;
  readonly query: string;
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
  return parameters(value.query, value.operationName, value.variables, value.extensions);
}

/** Reads the query part of a GET request's URL, without the question mark. */
export function fromSearch(search: string): Parameters | HttpRefusal {
  const all = new URLSearchParams(search);
  for (const name of ['query', 'operationName', 'variables', 'extensions']) {
    if (all.getAll(name).length > 1) return bad(`"${name}" is there twice; give it once.`);
  }
  const map = (name: string): unknown => {
    const text = all.get(name);
    // What is no JSON stays a text and is refused as such.
    return text === null || text === '' ? null : (json(text) ?? text);
  };
  const operationName = all.get('operationName');
  return parameters(
    all.get('query'),
    operationName === '' ? null : operationName,
    map('variables'),
    map('extensions'),
  );
}

function parameters(
  query: unknown,
  operationName: unknown,
  variables: unknown,
  extensions: unknown,
): Parameters | HttpRefusal {
  if (typeof query !== 'string' || query === '') {
    return bad('"query" must be the text of a GraphQL document.');
  }
  if (operationName != null && typeof operationName !== 'string') {
    return bad('"operationName" must be a text or null.');
  }
  if (variables != null && !isMap(variables)) {
    return bad('"variables" must be an object with a value for each variable, or null.');
  }
  if (extensions != null && !isMap(extensions)) return bad('"extensions" must be an object or null.');
  return {
    query,
    operationName: operationName ?? undefined,
    variables: variables ?? none,
    extensions: extensions ?? none,
  };
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
