/** Who is asking. */
export interface Principal {
  /** Stable subject, e.g. the `sub` of a token. */
  readonly subject: string;
  /** Granted scopes, as the contract names them. */
  readonly scopes: ReadonlySet<string>;
  /** The program through which it asks, as the issuer calls it; absent where nobody said. */
  readonly client?: string;
  /** What else its issuer says of it, by name; rules about rows and policies look here. */
  readonly claims?: Claims;
  /** Epoch milliseconds after which it counts no longer; absent where it does not end. */
  readonly expires?: number;
}

/** Values by name of a claim; a claim with one value is a list of one. */
export type Claims = Readonly<Record<string, readonly string[]>>;

/** The caller where nobody authenticates: every door listens on the loopback interface only. */
export const localDeveloper: Principal = { subject: 'local-developer', scopes: new Set(['*']) };

/** Whether a principal was granted all of these scopes; `*` stands for every scope. */
export function holds({ scopes: granted }: Principal, scopes: readonly string[]): boolean {
  return granted.has('*') || scopes.every((scope) => granted.has(scope));
}

/** The refusal of what takes scopes that a principal was not granted. */
export function notPermitted(scopes: readonly string[]) {
  return { code: 'NOT_PERMITTED' as const, message: `It takes the scopes ${scopes.join(' and ')}.` };
}
