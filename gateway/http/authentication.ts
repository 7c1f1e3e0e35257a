import type { IncomingHttpHeaders } from 'node:http';
import { lru } from '../../runtime/cache.ts';
import { Failure } from '../../runtime/failure.ts';
import { localDeveloper, type Principal } from '../../runtime/principal.ts';
import type { Tokens } from '../../runtime/token.ts';
import { refuse, type HttpRefusal } from './refusal.ts';

/**
 * Finds out by the headers of a request who is asking, or why he may not. Two requests of the same token, or of the same
 * self-declared caller, have the same object: what is derived from a principal may be kept by it. Never rejects.
 */
export type Authenticate = (
  headers: IncomingHttpHeaders,
) => Principal | HttpRefusal | Promise<Principal | HttpRefusal>;

/** For a door at which nobody is asked: everybody is the local developer. */
export const anyone: Authenticate = () => localDeveloper;

/** Whoever asks says by the headers `x-principal` and `x-scopes` who he is: for a door that only its own machine can reach. */
export function selfDeclared(): Authenticate {
  const known = lru<Principal>(1000);
  return ({ 'x-principal': name, 'x-scopes': scopes }) => {
    if (name === undefined && scopes === undefined) return localDeveloper;
    if (name !== undefined && !(typeof name === 'string' && subject.test(name))) return badPrincipal;
    if (scopes !== undefined && !(typeof scopes === 'string' && scopeList.test(scopes))) return badScopes;
    return known.get(`${name ?? ''} ${scopes ?? ''}`, () => declared(name, scopes));
  };
}

/** Who names itself has the scopes that it names, and no others. */
function declared(name: string | undefined, scopes = ''): Principal {
  const granted = scopes.split(' ').filter((scope) => scope !== '');
  return { subject: name ?? localDeveloper.subject, scopes: new Set(granted) };
}

/** Whoever asks brings an access token (RFC 6750): in the header, and nowhere else. */
export function bearer(tokens: Tokens): Authenticate {
  const refusalOf = (fault: unknown): HttpRefusal => {
    if (!(fault instanceof Failure)) return broken;
    const { code, message, extensions } = fault;
    if (code !== 'UNAUTHENTICATED')
      return refuse(503, code, message, ['retry-after', String(extensions.retryAfter)]);
    return unauthenticated(message, `, error="invalid_token", error_description="${message}"`);
  };
  return ({ authorization }) => {
    if (authorization === undefined) return missing;
    // Most are known, and written like this: looking into them would cost more than all the rest.
    const known = authorization.startsWith(usual)
      ? tokens.known(authorization.slice(usual.length))
      : undefined;
    if (known) return known;
    const [, token] = credentials.exec(authorization) ?? [];
    return token === undefined ? otherScheme : tokens.verify(token).catch(refusalOf);
  };
}

const usual = 'Bearer ';
const credentials = /^bearer +([\w.~+/-]+=*) *$/i;
const subject = /^[\x21-\x7e]{1,255}$/;
const scopeList = /^([\x21-\x7e]+( [\x21-\x7e]+)*)?$/;

const unauthenticated = (message: string, error = ''): HttpRefusal =>
  refuse(401, 'UNAUTHENTICATED', message, ['www-authenticate', `Bearer realm="customer-graph"${error}`]);

const missing = unauthenticated('Send an access token: "authorization: Bearer …".');
const otherScheme = unauthenticated('The header Authorization must be "Bearer" and an access token.');
const broken = refuse(500, 'INTERNAL_SERVER_ERROR', 'The token could not be verified, by a fault of ours.');
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
