import { Failure } from './failure.ts';

/** A GraphQL error as a subgraph gives it; `path` starts at the subgraph's own root. */
export interface SubgraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** What was thrown; for the log only. */
  readonly originalError?: unknown;
}

export interface SubgraphResult {
  /** Belongs to the caller, who may change it. */
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly SubgraphError[] | undefined;
}

/** A failure of a whole fetch; one that is not ours is told as an internal error. */
export function failed(name: string, fault: unknown): SubgraphResult {
  if (fault instanceof Failure) return { errors: [{ message: fault.message, extensions: fault.extensions }] };
  const extensions = { code: 'INTERNAL_SERVER_ERROR', system: name };
  return { errors: [{ message: 'Internal error', extensions, originalError: fault }] };
}

export function late(name: string, cause?: unknown): Failure {
  return new Failure('DEADLINE_EXCEEDED', `${name} did not answer in time.`, { system: name, cause });
}

export function unreachable(name: string, cause: unknown): Failure {
  return new Failure('SYSTEM_UNAVAILABLE', `${name} cannot be reached; try again later.`, {
    system: name,
    cause,
  });
}
