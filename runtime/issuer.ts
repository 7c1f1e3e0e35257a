import { Failure } from './failure.ts';
import type { HttpAnswer } from './http.ts';

/** Who issues tokens. */
export interface Issuer {
  /** As the claim `iss` has it, letter by letter. */
  readonly issuer: string;
  /** Where its keys are; found by its discovery document where absent. */
  readonly keysUrl?: string;
}

/** Gets a document over HTTP; rejects without an answer. */
export type Fetch = (url: URL) => Promise<HttpAnswer>;

/** Characters of a document at most: keys are a few thousand. */
const most = 1024 * 1024;
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether what comes from this URL may be believed: over TLS, or from this machine. */
export function isTrustworthy(text: string): boolean {
  const url = URL.parse(text);
  if (url?.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname));
}

/**
 * The keys of an issuer, as the text of a JSON Web Key Set.
 * Rejects where they cannot be had; what is wrong is for the log.
 */
export async function keysOf({ issuer, keysUrl }: Issuer, fetch: Fetch): Promise<string> {
  const document = await text(new URL(keysUrl ?? (await discovered(issuer, fetch))), fetch);
  const { keys } = JSON.parse(document) as { readonly keys?: unknown };
  // An empty set would turn everybody away as if each token were forged.
  if (!Array.isArray(keys) || keys.length === 0) throw unusable(issuer, 'it publishes no keys');
  return document;
}

/** OpenID Connect Discovery 1.0. */
async function discovered(issuer: string, fetch: Fetch): Promise<string> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const found = JSON.parse(await text(url, fetch)) as {
    readonly issuer?: unknown;
    readonly jwks_uri?: unknown;
  };
  // Another issuer's document would lend its keys to this one.
  if (found.issuer !== issuer) throw unusable(issuer, `its document is that of ${String(found.issuer)}`);
  if (typeof found.jwks_uri !== 'string' || !isTrustworthy(found.jwks_uri))
    throw unusable(issuer, 'its document names no https URL of its keys');
  return found.jwks_uri;
}

async function text(url: URL, fetch: Fetch): Promise<string> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw unusable(url.href, `it answers ${answer.status}`);
  if (answer.text.length > most) throw unusable(url.href, 'its answer is too large');
  return answer.text;
}

const unusable = (whose: string, why: string): Failure =>
  new Failure('SYSTEM_UNAVAILABLE', `The keys of ${whose} cannot be had: ${why}.`);
