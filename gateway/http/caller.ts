import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../../runtime/context.ts';
import { traceparentOf } from '../../runtime/correlation.ts';
import type { Principal } from '../../runtime/principal.ts';
import type { Authenticate } from './authentication.ts';
import { refuse, type HttpRefusal } from './refusal.ts';
import { unmaskReasonOf } from './unmask.ts';

/** What the headers of a request say of its caller. */
export interface Introduced extends Pick<
  RequestContext,
  'principal' | 'idempotencyKey' | 'traceparent' | 'unmaskReason'
> {
  readonly refused?: undefined;
}

/** Reads who is calling, and the key under which the request may be repeated; without a promise where that is known. */
export function introduced(
  headers: IncomingHttpHeaders,
  authenticate: Authenticate,
): Introduced | HttpRefusal | Promise<Introduced | HttpRefusal> {
  const idempotencyKey = idempotencyKeyOf(textOf(headers, 'idempotency-key'));
  if (idempotencyKey === undefined) return badKey;
  const read = (principal: Principal | HttpRefusal): Introduced | HttpRefusal => {
    if ('refused' in principal) return principal;
    const unmaskReason = unmaskReasonOf(headers, principal);
    if (typeof unmaskReason === 'object' && unmaskReason !== null) return unmaskReason;
    return { principal, idempotencyKey, traceparent: traceparentOf(headers), unmaskReason };
  };
  const principal = authenticate(headers);
  return principal instanceof Promise ? principal.then(read) : read(principal);
}

const plain = /^(?!")[\x20-\x7e]{1,255}$/;
/** The form that the IETF's draft of the header asks for; the key is what is between the quotes. */
const quoted = /^"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"$/;

/** Bare and in quotes are the same key; null where there is none, undefined where it is no key. */
function idempotencyKeyOf(given: string | undefined): string | null | undefined {
  if (given === undefined) return null;
  const [, inner] = quoted.exec(given) ?? [];
  return inner ?? (plain.test(given) ? given : undefined);
}

/** Node.js joins what came more than once with commas. */
function textOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const given = headers[name];
  return Array.isArray(given) ? given.join(', ') : given;
}

const badKey = refuse(
  400,
  'BAD_REQUEST',
  'The header Idempotency-Key must be 1 to 255 printable ASCII characters.',
);
