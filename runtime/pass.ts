import { createSecretKey } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { Caller } from './context.ts';
import { Failure } from './failure.ts';
import type { Claims, Principal } from './principal.ts';

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

/** Who comes in by a pass. */
export interface Admitted {
  readonly principal: Principal;
  readonly caller: Caller;
}

export interface Pass {
  /**
   * Headers that let a request of this principal into a subgraph; signed once and then used for a while. Only what
   * coordination sends is signed as such.
   */
  headers(subgraph: string, principal: Principal, caller?: Caller): Promise<Record<string, string>>;
  /**
   * Who is asking, by the pass that came with a request.
   * @throws Failure UNAUTHENTICATED without a pass, or with one that is forged, expired or meant for another subgraph
   */
  verify(headers: Headers, subgraph: string): Promise<Admitted>;
}

interface Signed {
  readonly token: string;
  /** Epoch seconds. */
  readonly expires: number;
}

/**
 * The signed pass between the gateway, or coordination, and subgraphs that run apart: an HS256 JWT of a minute. Coordination
 * meets a subgraph as a participant, which is an audience of its own.
 * @param secrets the first signs, all are accepted; for a rotation put the new one behind the old one everywhere, then first
 * everywhere, then drop the old one
 * @param rules names the rules by which a process decides what a caller sees; one that has others is not let in, so that
 * nobody is shown more by one process than by another
 */
export function createPass(secrets: readonly string[], rules?: string): Pass {
  const keys = secrets.map((secret) => createSecretKey(secret, 'utf8'));
  const [current] = keys;
  if (!current)
    throw new Failure('INVALID_CONFIGURATION', 'Set PASS_SECRET: a pass cannot be signed without a secret.');
  const signed = new WeakMap<Principal, Map<string, Promise<Signed>>>();
  const verified = new Map<string, Admitted & { readonly expires: number }>();

  const sign = async (audience: string, principal: Principal): Promise<Signed> => {
    const { subject, scopes, client, claims } = principal;
    const expires = now() + LIFETIME;
    const token = await new SignJWT({ scope: [...scopes].join(' '), client, claims, rules })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(current);
    return { token, expires };
  };

  const payloadOf = async (token: string, audience: string[]): Promise<JWTPayload> => {
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
    async headers(subgraph, principal, caller = 'gateway') {
      const audience = audiences[caller](subgraph);
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
    async verify(headers, subgraph) {
      const token = headers[HEADER];
      if (typeof token !== 'string') throw refused();
      const remembered = verified.get(`${subgraph} ${token}`);
      if (remembered && remembered.expires > now()) return remembered;
      const participant = audiences.coordination(subgraph);
      const payload = await payloadOf(token, [subgraph, participant]);
      if (payload.rules !== rules) throw otherRules();
      const { aud, exp = 0 } = payload;
      const admitted = {
        principal: principalOf(payload),
        caller: aud === participant ? ('coordination' as const) : ('gateway' as const),
        expires: exp,
      };
      if (verified.size >= REMEMBERED) verified.clear();
      verified.set(`${subgraph} ${token}`, admitted);
      return admitted;
    },
  };
}

/** What was signed is what was given: only a holder of the secret can have written it. */
function principalOf({ sub = '', scope, client, claims }: JWTPayload): Principal {
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [];
  return {
    subject: sub,
    scopes: new Set(scopes),
    ...(typeof client === 'string' ? { client } : {}),
    ...(typeof claims === 'object' ? { claims: claims as Claims } : {}),
  };
}

/** Whom a pass is meant for. No subgraph has a slash in its name. */
const audiences: Readonly<Record<Caller, (subgraph: string) => string>> = {
  gateway: (subgraph) => subgraph,
  coordination: (subgraph) => `${subgraph}/participant`,
};

const now = (): number => Math.floor(Date.now() / 1000);

const otherRules = (): Failure =>
  new Failure(
    'UNAUTHENTICATED',
    'The processes have different rules about rows; give all of them the same ROW_RULES_FILE.',
  );

const refused = (cause?: unknown): Failure =>
  new Failure(
    'UNAUTHENTICATED',
    'This subgraph is for the gateway only; call the gateway, or give both the same PASS_SECRET.',
    cause === undefined ? {} : { cause },
  );
