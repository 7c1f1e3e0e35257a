import { createSecretKey } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { Failure } from './failure.ts';
import type { Principal } from './principal.ts';

/** The header a pass travels in; `authorization` stays the caller's own. */
const HEADER = 'x-internal-pass';
const ISSUER = 'customer-graph';
/** Seconds for which a pass counts, left when it is signed anew, and by which two clocks may differ. */
const LIFETIME = 60;
const RENEWAL = 20;
const TOLERANCE = 5;
/** Passes remembered as verified, at most. */
const REMEMBERED = 1000;

/** Headers as Node.js gives them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Pass {
  /** Headers that let a request of this principal into the subgraph `audience`; signed once and then used for a while. */
  headers(audience: string, principal: Principal): Promise<Record<string, string>>;
  /**
   * Who is asking, by the pass that came with a request.
   * @throws Failure UNAUTHENTICATED without a pass, or with one that is forged, expired or meant for another subgraph
   */
  verify(headers: Headers, audience: string): Promise<Principal>;
}

interface Signed {
  readonly token: string;
  /** Epoch seconds. */
  readonly expires: number;
}

/**
 * The signed pass between the gateway and subgraphs that run apart: an HS256 JWT of a minute.
 * @param secrets the first signs, all are accepted; for a rotation put the new one first, everywhere, then drop the old
 */
export function createPass(secrets: readonly string[]): Pass {
  const keys = secrets.map((secret) => createSecretKey(secret, 'utf8'));
  const [current] = keys;
  if (!current)
    throw new Failure('INVALID_CONFIGURATION', 'Set PASS_SECRET: a pass cannot be signed without a secret.');
  const signed = new WeakMap<Principal, Map<string, Promise<Signed>>>();
  const verified = new Map<string, { readonly principal: Principal; readonly expires: number }>();

  const sign = async (audience: string, { subject, scopes }: Principal): Promise<Signed> => {
    const expires = now() + LIFETIME;
    const token = await new SignJWT({ scope: [...scopes].join(' ') })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(current);
    return { token, expires };
  };

  const payloadOf = async (token: string, audience: string): Promise<JWTPayload> => {
    for (const key of keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience,
          clockTolerance: TOLERANCE,
          requiredClaims: ['exp', 'sub'],
        });
        return payload;
      } catch (cause) {
        if (cause instanceof errors.JWSSignatureVerificationFailed) continue;
        throw refused(cause);
      }
    }
    throw refused();
  };

  return {
    async headers(audience, principal) {
      const passes = signed.get(principal) ?? new Map<string, Promise<Signed>>();
      signed.set(principal, passes);
      let pass = await passes.get(audience);
      if (!pass || pass.expires - now() < RENEWAL) {
        const renewed = sign(audience, principal);
        passes.set(audience, renewed);
        pass = await renewed;
      }
      return { [HEADER]: pass.token };
    },
    async verify(headers, audience) {
      const token = headers[HEADER];
      if (typeof token !== 'string') throw refused();
      const remembered = verified.get(`${audience} ${token}`);
      if (remembered && remembered.expires > now()) return remembered.principal;
      const { sub = '', scope, exp = 0 } = await payloadOf(token, audience);
      const scopes = typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [];
      const principal: Principal = { subject: sub, scopes: new Set(scopes) };
      if (verified.size >= REMEMBERED) verified.clear();
      verified.set(`${audience} ${token}`, { principal, expires: exp });
      return principal;
    },
  };
}

const now = (): number => Math.floor(Date.now() / 1000);

const refused = (cause?: unknown): Failure =>
  new Failure(
    'UNAUTHENTICATED',
    'This subgraph is for the gateway only; call the gateway, or give both the same PASS_SECRET.',
    cause === undefined ? {} : { cause },
  );
