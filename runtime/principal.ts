/** Who is asking. */
export interface Principal {
  /** Stable subject, e.g. the `sub` of a token. */
  readonly subject: string;
  /** Granted scopes, as the contract names them. */
  readonly scopes: ReadonlySet<string>;
}

/** The caller where nobody authenticates: every door listens on the loopback interface only. */
export const localDeveloper: Principal = { subject: 'local-developer', scopes: new Set(['*']) };
