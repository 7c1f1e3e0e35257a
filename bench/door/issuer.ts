import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An issuer of access tokens that lives as long as the benchmark. */
export interface BenchIssuer {
  /** Its public keys, as the text of a JSON Web Key Set. */
  readonly keys: string;
  /** One for each caller. */
  readonly tokens: readonly string[];
}

export const issuer = 'https://issuer.invalid';
export const audience = 'customer-graph';
const algorithm = 'ES256';

/** Tokens of so many callers with these scopes, good for an hour. */
export async function issue(callers: number, scopes: readonly string[]): Promise<BenchIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const token = (n: number) =>
    new SignJWT({ scope: scopes.join(' '), client_id: 'bench' })
      .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: 'bench' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(`caller-${n}`)
      .setExpirationTime('1h')
      .sign(privateKey);
  const key = { ...(await exportJWK(publicKey)), kid: 'bench', alg: algorithm };
  return {
    keys: JSON.stringify({ keys: [key] }),
    tokens: await Promise.all(Array.from({ length: callers }, (_, n) => token(n))),
  };
}
