/** Who is asking. */
export interface Principal {
  /** Stable subject, e.g. the `sub` of a token. */
  readonly subject: string;
  /** Granted scopes, as the contract names them. */
  readonly scopes: ReadonlySet<string>;
}

/** The caller where nobody authenticates: every door listens on the loopback interface only. */
export const localDeveloper: Principal = { subject: 'local-developer', scopes: new Set(['*']) };

/** Whether a principal was granted all of these scopes; `*` stands for every scope. */
export function holds({ scopes: granted }: Principal, scopes: readonly string[]): boolean {
  return granted.has('*') || scopes.every((scope) => granted.has(scope));
}
