import type { IncomingHttpHeaders } from 'node:http';
import type { Unwelcome } from '../../runtime/streaming/sockets.ts';
import type { Authenticate } from '../http/authentication.ts';
import { introduced, type Introduced } from '../http/caller.ts';
import { correlationOf } from '../../runtime/correlation.ts';
import type { HttpRefusal } from '../http/refusal.ts';

/** Who is at the other end of a WebSocket. */
export interface Greeted {
  readonly caller: Introduced;
  readonly correlationId: string;
}

/** What a client may say when it introduces itself instead of in headers, which pages cannot set for a WebSocket. */
const spoken = [
  'authorization',
  'x-principal',
  'x-scopes',
  'x-correlation-id',
  'x-unmask-reason',
  'traceparent',
] as const;
/** What tells who it is: one of these in the introduction, and none of the headers counts. */
const names = ['authorization', 'x-principal', 'x-scopes'] as const;

/**
 * Reads who has connected, or why it may not, which `noted` is told of. What is introduced counts instead of a header of that
 * name.
 */
export function greeted(
  headers: IncomingHttpHeaders,
  introduction: Readonly<Record<string, unknown>>,
  authenticate: Authenticate,
  noted: (refusal: HttpRefusal) => void,
): Greeted | Unwelcome | Promise<Greeted | Unwelcome> {
  // A payload is not a header, but most clients name its members as if it were.
  const { Authorization, ...rest } = introduction;
  const given = Authorization === undefined ? introduction : { authorization: Authorization, ...rest };
  const said = spoken.filter((name) => given[name] !== undefined && given[name] !== null);
  const wrong = said.find((name) => typeof given[name] !== 'string');
  if (wrong !== undefined) return unwelcome(FORBIDDEN, `${wrong} of connection_init must be a text.`);
  const all: IncomingHttpHeaders = { ...headers };
  if (said.some((name) => names.some((one) => one === name)))
    for (const name of names) Reflect.deleteProperty(all, name);
  for (const name of said) all[name] = asHeader(name, given[name] as string);
  // A key is that of one operation, and a connection has many.
  Reflect.deleteProperty(all, 'idempotency-key');
  const read = (caller: Introduced | HttpRefusal): Greeted | Unwelcome => {
    if (caller.refused) {
      noted(caller);
      return unwelcome(closeCodes[caller.status] ?? FORBIDDEN, caller.message);
    }
    // A new id is a tree of small texts, which is held for as long as the connection; this makes it one.
    return { caller, correlationId: Buffer.from(correlationOf(all)).toString() };
  };
  const caller = introduced(all, authenticate);
  return caller instanceof Promise ? caller.then(read) : read(caller);
}

/** A header holds the bytes of a text, one in each character. */
function asHeader(name: string, text: string): string {
  return name === 'x-unmask-reason' ? Buffer.from(text).toString('latin1') : text;
}

const FORBIDDEN = 4403;
/** Of graphql-transport-ws, and of WebSocket itself for what passes. */
const closeCodes: Readonly<Record<number, number>> = { 401: 4401, 503: 1013 };

const unwelcome = (closeCode: number, reason: string): Unwelcome => ({ closeCode, reason });
