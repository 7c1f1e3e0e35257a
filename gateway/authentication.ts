import type { IncomingHttpHeaders } from 'node:http';
import { authenticationOf, type Config } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import type { Send } from '../runtime/http.ts';
import { holds } from '../runtime/principal.ts';
import { createTokens } from '../runtime/token.ts';
import { bearer, selfDeclared, type Authenticate } from './server.ts';

/** Milliseconds that an issuer is given for an answer. */
const timeout = 5000;

export interface AuthenticationMeans {
  readonly send: Send;
  /** Claims that are looked at besides those of the configuration. */
  readonly claims: readonly string[];
  /** Told why the keys of an issuer could not be had; those that are known go on counting. */
  readonly failed: (fault: unknown, issuer: string) => void;
}

/**
 * How the gateway knows its callers.
 * @throws Failure INVALID_CONFIGURATION where the configuration does not say
 */
export function authenticating(config: Config, { send, claims, failed }: AuthenticationMeans): Authenticate {
  if (authenticationOf(config) === 'development') return selfDeclared();
  return bearer(
    createTokens({
      issuers: config.issuers,
      audiences: config.oidcAudience ?? [],
      algorithms: config.oidcAlgorithms,
      scopeClaim: config.oidcScopeClaim,
      claims: [...new Set([...config.oidcClaims, ...claims])],
      fetch: (url) =>
        send('GET', url, { accept: 'application/json' }, null, {
          timeout,
          signal: AbortSignal.timeout(timeout),
        }),
      failed,
    }),
  );
}

/** Lets in who has this scope; the promise rejects with a Failure UNAUTHENTICATED or FORBIDDEN for anybody else. */
export function admitting(authenticate: Authenticate, scope: string) {
  return async (headers: IncomingHttpHeaders): Promise<void> => {
    const principal = await authenticate(headers);
    if ('refused' in principal) throw new Failure(principal.code, principal.message);
    if (!holds(principal, [scope])) throw new Failure('FORBIDDEN', `This takes the scope ${scope}.`);
  };
}
