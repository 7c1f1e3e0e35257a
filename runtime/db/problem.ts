/** What the store says of a statement it refused. */
export interface SqlProblem {
  /** The five characters of SQLSTATE. */
  readonly state: string;
  /** The constraint that was violated, where it has a name. */
  readonly constraint?: string;
}

/** The SQL problem behind an error of either adapter; undefined when the error is something else. */
export function sqlProblem(error: unknown): SqlProblem | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  // Node's own codes (EPIPE) are words with a leading E, which no class of SQLSTATE has.
  if (typeof code !== 'string' || !/^[0-9FHPX][0-9A-Z]{4}$/.test(code)) return undefined;
  const constraint = 'constraint' in error ? error.constraint : undefined;
  return { state: code, ...(typeof constraint === 'string' ? { constraint } : {}) };
}

/** Whether a row with the same unique key exists already; with `constraint`, of that very constraint. */
export function isDuplicate(error: unknown, constraint?: string): boolean {
  const problem = sqlProblem(error);
  return problem?.state === '23505' && (constraint === undefined || problem.constraint === constraint);
}
