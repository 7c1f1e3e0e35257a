import { isDeepStrictEqual } from 'node:util';
import type { Contender } from './contenders/index.ts';
import type { Question } from './queries.ts';
import { requestOf } from './load.ts';

/** The n-th request of a question to a contender. */
export function request(contender: Contender, port: number, question: Question, n: number): string {
  if (contender.by === 'rest') return requestOf(port, question.path(n));
  const { document, name, variables } = question;
  return requestOf(
    port,
    '/graphql',
    JSON.stringify({ query: document, operationName: name, variables: variables(n) }),
  );
}

/** What a contender answers to the n-th request. */
export async function ask(
  contender: Contender,
  port: number,
  question: Question,
  n: number,
): Promise<unknown> {
  const base = `http://127.0.0.1:${port}`;
  const { document, name, variables } = question;
  const body = JSON.stringify({ query: document, operationName: name, variables: variables(n) });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const patience = { signal: AbortSignal.timeout(10_000) };
  const answer =
    contender.by === 'rest'
      ? await fetch(base + question.path(n), patience)
      : await fetch(`${base}/graphql`, { method: 'POST', headers, body, ...patience });
  return answer.json();
}

/** Where two values differ first, in words; null where they are equal. */
export function difference(expected: unknown, found: unknown, path = 'the answer'): string | null {
  if (isDeepStrictEqual(expected, found)) return null;
  if (!isObject(expected) || !isObject(found)) {
    return `${path} is ${told(found)} instead of ${told(expected)}`;
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(expected)]);
  for (const key of keys) {
    const inner = difference(expected[key], found[key], `${path}.${key}`.replace('the answer.', ''));
    if (inner) return inner;
  }
  return `${path} differs`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const told = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, 300);
