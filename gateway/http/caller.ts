import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../../runtime/context.ts';
import { localDeveloper, type Principal } from '../../runtime/principal.ts';
import { traceparentOf } from '../../runtime/correlation.ts';
import { refuse, type HttpRefusal } from './refusal.ts';

/** What the headers of a request say of its caller. */
export interface Introduced extends Pick<RequestContext, 'principal' | 'idempotencyKey' | 'traceparent'> {
  readonly refused?: undefined;
}

/**
 * Reads who is calling, and the key under which the request may be repeated. Callers say themselves who they are only
 * where `selfDeclared` is set; otherwise, and without such headers, it is the local developer, who may do everything.
 */
export function introduced(headers: IncomingHttpHeaders, selfDeclared: boolean): Introduced | HttpRefusal {
  const idempotencyKey = idempotencyKeyOf(textOf(headers, 'idempotency-key'));
  if (idempotencyKey === undefined) return badKey;
  const principal = selfDeclared
    ? principalOf(textOf(headers, 'x-principal'), textOf(headers, 'x-scopes'))
    : localDeveloper;
  if ('refused' in principal) return principal;
  return { principal, idempotencyKey, traceparent: traceparentOf(headers) };
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

const subject = /^[\x21-\x7e]{1,255}$/;
const scopeList = /^([\x21-\x7e]+( [\x21-\x7e]+)*)?$/;

/** Who names itself has the scopes that it names, and no others. */
function principalOf(name: string | undefined, scopes: string | undefined): Principal | HttpRefusal {
  if (name === undefined && scopes === undefined) return localDeveloper;
  if (name !== undefined && !subject.test(name)) return badPrincipal;
  if (scopes !== undefined && !scopeList.test(scopes)) return badScopes;
  const granted = (scopes ?? '').split(' ').filter((scope) => scope !== '');
  return { subject: name ?? localDeveloper.subject, scopes: new Set(granted) };
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
const badPrincipal = refuse(
  400,
  'BAD_REQUEST',
  'The header X-Principal must be 1 to 255 printable ASCII characters without spaces.',
);
const badScopes = refuse(
  400,
  'BAD_REQUEST',
  'The header X-Scopes must be scopes, each separated from the next by one space.',
);
