import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JSONWebKeySet,
} from 'jose';
import { lru } from './cache.ts';
import { principalIn, tolerance, type Reading } from './claims.ts';
import { Failure } from './failure.ts';
import { keysOf, type Fetch, type Issuer } from './issuer.ts';
import { keySet, type KeySet } from './key-sets.ts';
import type { Principal } from './principal.ts';

export interface TokenOptions extends Omit<Reading, 'now'> {
  /** At least one. */
  readonly issuers: readonly Issuer[];
  /** What this server is called in tokens: one of these must be in `aud`. */
  readonly audiences: readonly string[];
  /** Asymmetric ones only: with others whoever can verify could sign. */
  readonly algorithms: readonly string[];
  readonly fetch: Fetch;
  /** Told why the keys of an issuer could not be had; those that are known go on counting. */
  readonly failed: (fault: unknown, issuer: string) => void;
  readonly now?: () => number;
}

/** Access tokens, as JSON Web Tokens. */
export interface Tokens {
  /** Who a token is about that was verified before; undefined where it was not, has ended, or its issuer has other keys. */
  known(token: string): Principal | undefined;
  /**
   * Who a token is about: the same object for as long as it is the same token and known.
   * Rejects with a Failure UNAUTHENTICATED, or SYSTEM_UNAVAILABLE where no keys can be had.
   */
  verify(token: string): Promise<Principal>;
}

type Keys = ReturnType<typeof createLocalJWKSet>;

interface Verified {
  readonly token: string;
  readonly principal: Principal;
  readonly keys: Keys;
  readonly from: KeySet<Keys>;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Tokens that are known at a time; and characters of one, as long as headers may be. */
const [most, longest] = [10_000, 16_384];
/** The end of its signature, by which a token is found: to hash all of it would cost more than all else about it. */
const endOf = (token: string): string => token.slice(-48);
const types = /^(application\/)?(at\+)?jwt$/i;

export function createTokens(options: TokenOptions): Tokens {
  const { now = Date.now, fetch, failed } = options;
  const remembered = lru<Verified>(most);
  const under = new Map<string, Promise<Principal>>();
  const issuers = new Map(
    options.issuers.map((issuer) => [
      issuer.issuer,
      keySet({
        load: () => keysOf(issuer, fetch),
        read: (text) => createLocalJWKSet(JSON.parse(text) as JSONWebKeySet),
        failed: (fault) => {
          failed(fault, issuer.issuer);
        },
        now,
      }),
    ]),
  );

  async function verified(token: string): Promise<Principal> {
    const issuer = issuerOf(token);
    const from = issuers.get(issuer);
    if (!from) throw refused('The token is of an issuer that is not known here.');
    const [keys, payload] = await signed(token, issuer, from);
    const principal = principalIn(payload, { ...options, now: now() });
    if (typeof principal === 'string') throw refused(principal);
    const until = (principal.expires ?? 0) + tolerance * 1000;
    remembered.keep(endOf(token), {
      token,
      principal,
      keys,
      from,
      until,
    });
    return principal;
  }

  /** What is said in a token that is signed with a key of its issuer; a key may have come since it was last asked. */
  async function signed(token: string, issuer: string, from: KeySet<Keys>) {
    const keys = await from.current();
    try {
      return [keys, await payloadOf(token, issuer, keys)] as const;
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey)) throw refused(sentenceOf(cause), cause);
    }
    const renewed = await from.renewed();
    try {
      return [renewed, await payloadOf(token, issuer, renewed)] as const;
    } catch (cause) {
      throw refused(sentenceOf(cause), cause);
    }
  }

  async function payloadOf(token: string, issuer: string, keys: Keys) {
    const how = {
      issuer,
      audience: [...options.audiences],
      algorithms: [...options.algorithms],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: tolerance,
      currentDate: new Date(now()),
    };
    try {
      return (await jwtVerify(token, keys, how)).payload;
    } catch (fault) {
      if (!(fault instanceof errors.JWKSMultipleMatchingKeys)) throw fault;
      // The token does not say which of several keys it is signed with.
      for await (const key of fault) {
        try {
          return (await jwtVerify(token, key, how)).payload;
        } catch (other) {
          if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  function known(token: string): Principal | undefined {
    const one = remembered.known(endOf(token));
    if (one?.token !== token || one.until <= now()) return undefined;
    return one.from.latest() === one.keys ? one.principal : undefined;
  }

  return {
    known,
    verify(token) {
      const principal = known(token);
      if (principal) return Promise.resolve(principal);
      const waiting = under.get(token);
      if (waiting) return waiting;
      const verifying = verified(token).finally(() => under.delete(token));
      under.set(token, verifying);
      return verifying;
    },
  };
}

/** Whose token it says that it is, and so by whose keys it is verified. */
function issuerOf(token: string): string {
  if (token.length > longest) throw refused('The token is too long.');
  try {
    const { typ } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    if (typ !== undefined && !types.test(typ))
      throw refused('This is no access token; send the one that was issued for this API.');
    return iss ?? '';
  } catch (cause) {
    throw cause instanceof Failure ? cause : refused(unreadable, cause);
  }
}

const unreadable = 'The token cannot be read.';

/** Why a token is refused, for its holder; never with what is in it. */
function sentenceOf(fault: unknown): string {
  if (fault instanceof errors.JWTExpired) return 'The token has expired; ask for a new one.';
  if (fault instanceof errors.JWTClaimValidationFailed) return claims[fault.claim] ?? claims.other;
  if (fault instanceof errors.JOSEAlgNotAllowed)
    return 'The token is signed in a way that is not allowed here.';
  if (fault instanceof errors.JWKSNoMatchingKey)
    return 'The token is signed with a key that its issuer does not publish.';
  if (fault instanceof errors.JWSSignatureVerificationFailed)
    return 'The signature of the token is not valid.';
  return unreadable;
}

const claims: Readonly<Record<string, string>> & { readonly other: string } = {
  aud: 'The token is for somebody else; ask for one with the audience of this server.',
  nbf: 'The token does not count yet; compare the clocks.',
  other: 'The token does not say all that it must: iss, aud, sub and exp.',
};

const refused = (sentence: string, cause?: unknown): Failure =>
  new Failure('UNAUTHENTICATED', sentence, cause === undefined ? {} : { cause });
