import type { IncomingHttpHeaders } from 'node:http';
import { introduced, type Introduced } from '../http/caller.ts';
import { correlationOf } from '../../runtime/correlation.ts';

/** Who is at the other end of a WebSocket. */
export interface Greeted {
  readonly caller: Introduced;
  readonly correlationId: string;
}

/** What a client may say when it introduces itself instead of in headers, which pages cannot set for a WebSocket. */
const spoken = ['x-principal', 'x-scopes', 'x-correlation-id', 'traceparent'] as const;

/** Reads who has connected; a sentence says why it may not. What is introduced counts instead of a header of that name. */
export function greeted(
  headers: IncomingHttpHeaders,
  introduction: Readonly<Record<string, unknown>>,
  selfDeclared: boolean,
): Greeted | string {
  const said = spoken.filter((name) => introduction[name] !== undefined && introduction[name] !== null);
  const wrong = said.find((name) => typeof introduction[name] !== 'string');
  if (wrong !== undefined) return `${wrong} of connection_init must be a text.`;
  const named = said.some((name) => name === 'x-principal' || name === 'x-scopes');
  const { 'x-principal': principal, 'x-scopes': scopes, ...rest } = headers;
  const all: IncomingHttpHeaders = {
    ...rest,
    ...(named ? {} : { 'x-principal': principal, 'x-scopes': scopes }),
    ...Object.fromEntries(said.map((name) => [name, introduction[name] as string])),
    // A key is that of one operation, and a connection has many.
    'idempotency-key': undefined,
  };
  const caller = introduced(all, selfDeclared);
  if (caller.refused) return caller.message;
  // A new id is a tree of small texts, which is held for as long as the connection; this makes it one.
  return { caller, correlationId: Buffer.from(correlationOf(all)).toString() };
}
