import type { Claims, Principal } from './principal.ts';

/** How a token's claims are read. */
export interface Reading {
  /** The claim with what was granted: a text with scopes between blanks, or a list of them. */
  readonly scopeClaim: string;
  /** The claims that rules may look at. */
  readonly claims: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Seconds by which two clocks may differ. */
export const tolerance = 5;

/** What no access token has: it was made to tell a client who has signed in, and to whom anybody may show it. */
const ofIdTokens = ['nonce', 'at_hash', 'c_hash', 's_hash'];
/** How issuers without a media type of their own mark what is no access token. */
const otherKinds = /^(id|refresh|offline|logout)$/i;

type Payload = Readonly<Record<string, unknown>>;

/**
 * Who a token is about; a sentence says why it is not taken. The signature, the issuer, the audience and the times `exp` and
 * `nbf` are checked before. Pure.
 */
export function principalIn(payload: Payload, reading: Reading): Principal | string {
  const { sub, exp, iat } = payload;
  if (ofIdTokens.some((name) => name in payload) || [payload.typ, payload.token_use].some(isOtherKind))
    return 'This is no access token; send the one that was issued for this API.';
  if (payload.cnf !== undefined)
    return 'The token is bound to a key of its holder, which cannot be checked here; ask for one that is not.';
  if (typeof sub !== 'string' || sub === '' || sub.length > 255 || typeof exp !== 'number')
    return 'The token does not say whom it is about, or when it ends.';
  if (iat !== undefined && !(typeof iat === 'number' && iat * 1000 <= reading.now + tolerance * 1000))
    return 'The token is from the future; compare the clocks.';
  const client = [payload.client_id, payload.azp, payload.appid].find((one) => typeof one === 'string');
  const claims = claimsIn(payload, reading.claims);
  return {
    subject: sub,
    scopes: scopesIn(payload[reading.scopeClaim]),
    ...(typeof client === 'string' ? { client } : {}),
    ...(claims ? { claims } : {}),
    expires: exp * 1000,
  };
}

const isOtherKind = (value: unknown): boolean => typeof value === 'string' && otherKinds.test(value);

/** The star, which stands for every scope, is the local developer's alone: no issuer knows what it would grant. */
function scopesIn(granted: unknown): ReadonlySet<string> {
  const scopes = typeof granted === 'string' ? granted.split(' ') : Array.isArray(granted) ? granted : [];
  return new Set(scopes.filter((one) => typeof one === 'string' && one !== '' && one !== '*') as string[]);
}

function claimsIn(payload: Payload, names: readonly string[]): Claims | undefined {
  const found = names.flatMap((name) => {
    const values = valuesOf(payload[name]);
    return values.length > 0 ? [[name, values] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function valuesOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  );
}
